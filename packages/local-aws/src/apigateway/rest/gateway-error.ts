/** The responses that API Gateway itself makes, with their status and the name in `x-amzn-ErrorType`. */
export const gatewayResponseTypes = {
  ACCESS_DENIED: { status: 403, code: 'AccessDeniedException' },
  API_CONFIGURATION_ERROR: { status: 500, code: 'InternalServerErrorException' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, code: 'AuthorizerConfigurationException' },
  AUTHORIZER_FAILURE: { status: 500, code: 'InternalServerErrorException' },
  BAD_REQUEST_BODY: { status: 400, code: 'BadRequestException' },
  BAD_REQUEST_PARAMETERS: { status: 400, code: 'BadRequestException' },
  DEFAULT_4XX: { status: 400, code: 'BadRequestException' },
  DEFAULT_5XX: { status: 500, code: 'InternalServerErrorException' },
  EXPIRED_TOKEN: { status: 403, code: 'ExpiredTokenException' },
  INTEGRATION_FAILURE: { status: 504, code: 'InternalServerErrorException' },
  INTEGRATION_TIMEOUT: { status: 504, code: 'InternalServerErrorException' },
  INVALID_API_KEY: { status: 403, code: 'ForbiddenException' },
  INVALID_SIGNATURE: { status: 403, code: 'InvalidSignatureException' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, code: 'MissingAuthenticationTokenException' },
  QUOTA_EXCEEDED: { status: 429, code: 'LimitExceededException' },
  REQUEST_TOO_LARGE: { status: 413, code: 'RequestEntityTooLargeException' },
  RESOURCE_NOT_FOUND: { status: 404, code: 'NotFoundException' },
  THROTTLED: { status: 429, code: 'TooManyRequestsException' },
  UNAUTHORIZED: { status: 401, code: 'UnauthorizedException' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, code: 'BadRequestException' },
  WAF_FILTERED: { status: 403, code: 'ForbiddenException' },
} as const;

export type GatewayResponseType = keyof typeof gatewayResponseTypes;

export function isGatewayResponseType(name: string): name is GatewayResponseType {
  return Object.hasOwn(gatewayResponseTypes, name);
}

type Details = {
  /** When it differs from that of the type. */
  readonly status?: number;
  /** Every way in which a body breaks its model, for `$context.error.validationErrorString`. */
  readonly validationErrors?: readonly string[];
  /** For the execution log only. */
  readonly cause?: string;
};

/** Ends a request with one of API Gateway's own responses. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly type: GatewayResponseType;
  readonly status: number | undefined;
  readonly validationErrors: readonly string[] | undefined;
  readonly reason: string | undefined;

  constructor(type: GatewayResponseType, message: string, { status, validationErrors, cause }: Details = {}) {
    super(message);
    this.type = type;
    this.status = status;
    this.validationErrors = validationErrors;
    this.reason = cause;
  }
}

/** The error that a client gets for any failure behind the gateway. */
export function internalServerError(cause: string, status?: number): GatewayError {
  return new GatewayError('DEFAULT_5XX', 'Internal server error', status === undefined ? { cause } : { status, cause });
}

export function configurationError(cause: string): GatewayError {
  return new GatewayError('API_CONFIGURATION_ERROR', 'Internal server error', { cause });
}
