import { correlationHeader, type RequestIds } from './correlation-id.ts';
import type { Caller } from './http-event.ts';
import type { LambdaHttpEvent } from './lambda-event.ts';

type ProxyRequest = RequestIds & {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** On whose behalf the call is made. */
  readonly caller: Caller | undefined;
};

/**
 * The event with which one service invokes the HTTP function of another: a REST proxy event (payload 1.0) without what
 * only a real gateway could fill in. The called function trusts `caller`, as it trusts the gateway; who may invoke it is
 * for IAM to say.
 */
export function proxyEvent({ method, path, query, caller, requestId, correlationId }: ProxyRequest): LambdaHttpEvent {
  const names = [...new Set(query.keys())];
  const parameters = names.map((name) => [name, query.getAll(name)] as const);
  return {
    resource: path,
    path,
    httpMethod: method,
    headers: { [correlationHeader]: correlationId },
    multiValueHeaders: { [correlationHeader]: [correlationId] },
    queryStringParameters: names.length === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters: names.length === 0 ? null : Object.fromEntries(parameters),
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      path,
      requestId,
      ...(caller && { authorizer: { claims: { sub: caller.sub } } }),
    },
    body: null,
    isBase64Encoded: false,
  };
}
