import { accountId } from '../../core/arn.ts';
import { type Exchange, headerOf } from './exchange.ts';
import type { VtlMap, VtlValue } from './vtl/value.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `09/Jan/2026:05:03:07 +0000`, the time format of web server logs. */
export function formatClfTime(milliseconds: number): string {
  const [year, month, day, time] = new Date(milliseconds).toISOString().split(/[-T.]/);
  return `${day}/${months[Number(month) - 1]}/${year}:${time} +0000`;
}

/** `requestContext.identity` of proxy events; what is not known is null there. */
export function identityOf(exchange: Exchange): Record<string, string | null> {
  const { apiKey, caller } = exchange;
  return {
    cognitoIdentityPoolId: null,
    accountId: caller === undefined ? null : accountId,
    cognitoIdentityId: null,
    caller: caller?.accessKey ?? null,
    ...(apiKey === undefined ? {} : { apiKey: apiKey.value, apiKeyId: apiKey.id }),
    sourceIp: exchange.request.sourceIp,
    principalOrgId: null,
    accessKey: caller?.accessKey ?? null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: caller?.arn ?? null,
    userAgent: headerOf(exchange, 'user-agent') ?? null,
    user: caller?.accessKey ?? null,
  };
}

/** `$context` of mapping templates, parameter mappings, gateway responses and access logs. */
export function contextVariables(exchange: Exchange): VtlMap {
  const { request, stage, resource, error, integration } = exchange;
  return {
    accountId,
    apiId: exchange.apiId,
    awsEndpointRequestId: integration.requestId,
    deploymentId: stage.deploymentId,
    domainName: exchange.domainName,
    domainPrefix: exchange.domainPrefix,
    extendedRequestId: exchange.extendedRequestId,
    httpMethod: request.method,
    isCanaryRequest: exchange.isCanary,
    path: exchange.contextPath,
    protocol: 'HTTP/1.1',
    requestId: exchange.requestId,
    requestTime: formatClfTime(exchange.startedAt),
    requestTimeEpoch: exchange.startedAt,
    resourceId: resource?.id,
    resourcePath: resource?.path,
    stage: stage.stageName,
    xrayTraceId: exchange.traceId.replace(/^Root=/, ''),
    authorizer: exchange.authorizer ?? {},
    identity: identityOf(exchange),
    error: error === undefined ? {} : errorVariables(exchange),
    integration: { ...integration, requestId: integration.requestId },
    integrationLatency: integration.latency,
    integrationStatus: integration.status,
    integrationErrorMessage: integration.error,
    requestOverride: { header: {}, path: {}, querystring: {} },
    responseOverride: { header: {} },
  };
}

function errorVariables({ error }: Exchange): VtlMap {
  if (error === undefined) return {};
  return {
    message: error.message,
    // The variable of an authorizer with an invalid configuration is null.
    messageString: error.message === '' ? 'null' : JSON.stringify(error.message),
    responseType: error.type,
    validationErrorString: error.validationErrors?.length ? `[${error.validationErrors.join(', ')}]` : undefined,
  };
}

/** Reads `identity.sourceIp` and the like. */
export function readVariable(variables: VtlMap, path: string): VtlValue {
  let value: VtlValue = variables;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, name)?.value;
  }
  return value;
}
