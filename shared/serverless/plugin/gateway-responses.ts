import type { Parameters } from './parameters.ts';
import type { Resources } from './template.ts';

const withMessage = (code: string): string =>
  `{"message":$context.error.messageString,"code":"${code}","requestId":"$context.requestId"}`;

const codes: Readonly<Record<string, string>> = {
  BAD_REQUEST_BODY: 'INVALID_REQUEST',
  BAD_REQUEST_PARAMETERS: 'INVALID_REQUEST',
  UNAUTHORIZED: 'UNAUTHORIZED',
  ACCESS_DENIED: 'FORBIDDEN',
  EXPIRED_TOKEN: 'FORBIDDEN',
  REQUEST_TOO_LARGE: 'REQUEST_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  THROTTLED: 'THROTTLED',
  INTEGRATION_FAILURE: 'GATEWAY_TIMEOUT',
  INTEGRATION_TIMEOUT: 'GATEWAY_TIMEOUT',
  DEFAULT_4XX: '$context.error.responseType',
};

/**
 * The answer to an unknown path or method, which API Gateway would call 403. Where requests have to be signed, it also
 * answers requests without a signature and cannot tell them apart.
 */
export function missingAuthenticationToken(auth: Parameters['auth']): {
  readonly statusCode: string;
  readonly body: string;
} {
  if (auth === 'iam') {
    return {
      statusCode: '401',
      body: '{"message":"The request is not signed, or there is no such path or method.","code":"UNAUTHORIZED","requestId":"$context.requestId"}',
    };
  }
  return {
    statusCode: '404',
    body: '{"message":"There is no such path or method.","code":"NOT_FOUND","requestId":"$context.requestId"}',
  };
}

/** The answers of API Gateway itself, with the same error body as those of functions. */
export function gatewayResponses({ auth, corsOrigin }: Parameters): Resources {
  const { statusCode, body } = missingAuthenticationToken(auth);
  const response = (ResponseType: string, template: string, more: object = {}): Resources[string] => ({
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      RestApiId: { Ref: 'ApiGatewayRestApi' },
      ResponseType,
      ...more,
      ResponseParameters: {
        'gatewayresponse.header.Access-Control-Allow-Origin': `'${corsOrigin}'`,
        'gatewayresponse.header.Cache-Control': "'no-store'",
        'gatewayresponse.header.X-Content-Type-Options': "'nosniff'",
        ...(ResponseType === 'THROTTLED' && {
          'gatewayresponse.header.Retry-After': "'1'",
          'gatewayresponse.header.Access-Control-Expose-Headers': "'Retry-After'",
        }),
      },
      ResponseTemplates: { 'application/json': template },
    },
  });
  return Object.fromEntries(
    [
      ...Object.entries(codes).map(([type, code]) => [type, response(type, withMessage(code))] as const),
      [
        'MISSING_AUTHENTICATION_TOKEN',
        response('MISSING_AUTHENTICATION_TOKEN', body, { StatusCode: statusCode }),
      ] as const,
      [
        'DEFAULT_5XX',
        response(
          'DEFAULT_5XX',
          '{"message":"Internal server error","code":"INTERNAL_ERROR","requestId":"$context.requestId"}',
        ),
      ] as const,
    ].map(([type, resource]) => [`GatewayResponse${logicalName(type)}`, resource]),
  );
}

/** `BAD_REQUEST_BODY` → `BadRequestBody`, `DEFAULT_4XX` → `Default4xx`. */
function logicalName(type: string): string {
  return type
    .split('_')
    .map((word) => word[0] + word.slice(1).toLowerCase())
    .join('');
}
