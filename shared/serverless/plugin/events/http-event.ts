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

/** `httpMethod` and `path` are for short events: payload 2.0 has `requestContext.http` and `rawPath`. */
const keys = [
  'version',
  'routeKey',
  'rawPath',
  'rawQueryString',
  'cookies',
  'headers',
  'queryStringParameters',
  'pathParameters',
  'stageVariables',
  'requestContext',
  'body',
  'isBase64Encoded',
  'httpMethod',
  'path',
];

/** The proxy event of an HTTP API (payload 2.0): absent keys are left out, and the names of headers are in lower case. */
export function completeHttpEvent(event: ShortEvent, routes: readonly FunctionRoute[]): object {
  refuseUnknownKeys(event, keys);
  const [keyMethod, keyPath] = (textAt(event, 'routeKey') ?? '').split(' ');
  const { http } = Object(event.requestContext);
  const { method, path, route, pathParameters } = findRequest(
    routes.filter(({ path }) => !keyPath || path === keyPath),
    {
      method: textAt(event, 'httpMethod') ?? http?.method ?? (keyMethod || undefined),
      path: textAt(event, 'path') ?? textAt(event, 'rawPath'),
      pathParameters: valuesAt(event, 'pathParameters'),
    },
  );
  const { text, isJson } = bodyOf(event);
  const headers = lowerCase({ ...(isJson && { 'content-type': 'application/json' }), ...valuesAt(event, 'headers') });
  const query = queryOf(event);
  const routeKey = `${route.method} ${route.path}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query.toString(),
    ...(event.cookies !== undefined && { cookies: event.cookies }),
    headers,
    ...(query.size > 0 && { queryStringParameters: joined(query) }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters: decoded(pathParameters) }),
    ...(event.stageVariables !== undefined && { stageVariables: event.stageVariables }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'invokelocal',
      domainName: 'invokelocal.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'invokelocal',
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: new Date().toISOString(),
      timeEpoch: Date.now(),
      ...Object(event.requestContext),
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'invoke local', ...http },
    },
    ...(text !== undefined && { body: text }),
    isBase64Encoded: event.isBase64Encoded ?? false,
  };
}

/** Unlike REST APIs, HTTP APIs decode path parameters. */
function decoded(pathParameters: Values): Values {
  return Object.fromEntries(
    Object.entries(pathParameters).map(([name, value]) => [
      name,
      value.includes('%') ? decodeURIComponent(value) : value,
    ]),
  );
}

function queryOf(event: ShortEvent): URLSearchParams {
  return new URLSearchParams(textAt(event, 'rawQueryString') ?? valuesAt(event, 'queryStringParameters'));
}

/** Several values of a name are one, with commas. */
function joined(query: URLSearchParams): Values {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));
}

function lowerCase(headers: Values): Values {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
