import { accountId } from '../../core/arn.ts';
import { formatClfTime, identityOf } from './context-variables.ts';
import { allValues, type Exchange, headerOf, lastValues } from './exchange.ts';
import { isBinaryType } from './media-types.ts';
import { toJson } from './vtl/text.ts';
import type { VtlMap } from './vtl/value.ts';

/** The JSON text that a function behind a proxy integration gets. What is absent is null, never an empty object. */
export function proxyEvent(exchange: Exchange, binaryMediaTypes: readonly string[]): string {
  const { request, headers, query, stage, resource, body } = exchange;
  const hasBody = body.length > 0;
  const isBinary = hasBody && isBinaryType(headerOf(exchange, 'content-type'), binaryMediaTypes);
  return JSON.stringify({
    resource: resource?.path,
    // Of several slashes in front AWS keeps one here, and all of them in requestContext.path.
    path: exchange.clientPath.replace(/^\/{2,}/, '/'),
    httpMethod: request.method,
    headers: headers.size === 0 ? null : lastValues(headers),
    multiValueHeaders: headers.size === 0 ? null : allValues(headers),
    queryStringParameters: query.size === 0 ? null : lastValues(query),
    multiValueQueryStringParameters: query.size === 0 ? null : allValues(query),
    pathParameters: orNull(resource?.parameters),
    stageVariables: orNull(stage.variables),
    requestContext: requestContext(exchange),
    body: hasBody ? body.toString(isBinary ? 'base64' : 'utf8') : null,
    isBase64Encoded: isBinary,
  });
}

/** The request context of proxy events and of the events of request authorizers. */
export function requestContext(exchange: Exchange): object {
  const { stage, resource, request, authorizer } = exchange;
  return {
    resourceId: resource?.id,
    ...(authorizer === undefined ? {} : { authorizer: plain(authorizer) }),
    resourcePath: resource?.path,
    httpMethod: request.method,
    extendedRequestId: exchange.extendedRequestId,
    requestTime: formatClfTime(exchange.startedAt),
    path: exchange.contextPath,
    accountId,
    protocol: 'HTTP/1.1',
    stage: stage.stageName,
    domainPrefix: exchange.domainPrefix,
    requestTimeEpoch: exchange.startedAt,
    requestId: exchange.requestId,
    identity: identityOf(exchange),
    domainName: exchange.domainName,
    deploymentId: stage.deploymentId,
    apiId: exchange.apiId,
  };
}

export function orNull<T extends object>(map: T | undefined): T | null {
  return map === undefined || Object.keys(map).length === 0 ? null : map;
}

function plain(map: VtlMap): unknown {
  return JSON.parse(toJson(map));
}
