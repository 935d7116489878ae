import { randomUUID } from 'node:crypto';
import {
  bodyOf,
  type FunctionRoute,
  findRequest,
  refuseUnknownKeys,
  type ShortEvent,
  textAt,
  type Values,
  valuesAt,
} from './short-event.ts';

const keys = [
  'resource',
  'path',
  'httpMethod',
  'headers',
  'multiValueHeaders',
  'queryStringParameters',
  'multiValueQueryStringParameters',
  'pathParameters',
  'stageVariables',
  'requestContext',
  'body',
  'isBase64Encoded',
];

/** The proxy event of a REST API, which has every key: what is absent in the request is null. */
export function completeRestEvent(event: ShortEvent, routes: readonly FunctionRoute[], stage: string): object {
  refuseUnknownKeys(event, keys);
  const { method, path, route, pathParameters } = findRequest(routes, {
    method: textAt(event, 'httpMethod'),
    path: textAt(event, 'path'),
    pathParameters: valuesAt(event, 'pathParameters'),
  });
  const { text, isJson } = bodyOf(event);
  const headers = pairOf(event, 'headers', 'multiValueHeaders', isJson ? { 'Content-Type': 'application/json' } : {});
  const query = pairOf(event, 'queryStringParameters', 'multiValueQueryStringParameters');
  return {
    resource: route.path,
    path,
    httpMethod: method,
    headers: headers.single,
    multiValueHeaders: headers.multi,
    queryStringParameters: query.single,
    multiValueQueryStringParameters: query.multi,
    pathParameters: orNull(pathParameters),
    stageVariables: event.stageVariables ?? null,
    requestContext: {
      accountId: '000000000000',
      apiId: 'invokelocal',
      authorizer: null,
      domainName: 'invokelocal.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'invokelocal',
      extendedRequestId: 'invokelocal=',
      httpMethod: method,
      identity: { sourceIp: '127.0.0.1', userAgent: 'invoke local' },
      path: `/${stage}${path}`,
      protocol: 'HTTP/1.1',
      requestId: randomUUID(),
      requestTimeEpoch: Date.now(),
      resourceId: 'invoke',
      resourcePath: route.path,
      stage,
      ...Object(event.requestContext),
    },
    body: text ?? null,
    isBase64Encoded: event.isBase64Encoded ?? false,
  };
}

/** Names with their last values, and with all of them; either is made from the other. */
function pairOf(event: ShortEvent, singleKey: string, multiKey: string, added: Values = {}) {
  const lists: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries({ ...added, ...valuesAt(event, singleKey) })) lists[name] = [value];
  for (const [name, values] of Object.entries(Object(event[multiKey] ?? {}))) {
    lists[name] = Array.isArray(values) ? values.map(String) : [String(values)];
  }
  const single = Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? '']));
  return { single: orNull(single), multi: orNull(lists) };
}

function orNull<T extends object>(values: T): T | null {
  return Object.keys(values).length === 0 ? null : values;
}
