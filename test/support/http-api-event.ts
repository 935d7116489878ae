type Request = {
  readonly method?: string;
  readonly path?: string;
  readonly routeKey?: string;
  readonly pathParameters?: Record<string, string>;
  /** A raw query string without the question mark. */
  readonly query?: string;
  readonly headers?: Record<string, string>;
  /** Sent as it is when it is text, else as JSON with its content type. */
  readonly body?: unknown;
  /** The subject that a JWT authorizer found. */
  readonly sub?: string;
};

/** A proxy event as an HTTP API sends it (payload 2.0): absent keys are left out, headers are in lower case. */
export function httpApiEvent({
  method = 'GET',
  path = '/',
  routeKey = `${method} ${path}`,
  pathParameters,
  query = '',
  headers = {},
  body,
  sub,
}: Request) {
  const parameters = new URLSearchParams(query);
  const names = [...new Set(parameters.keys())];
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' };
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(names.length > 0 && {
      queryStringParameters: Object.fromEntries(names.map((name) => [name, parameters.getAll(name).join(',')])),
    }),
    ...(pathParameters && { pathParameters }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'api',
      http,
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey,
      stage: '$default',
      time: '21/Nov/2026:00:00:00 +0000',
      timeEpoch: 0,
      ...(sub !== undefined && { authorizer: { jwt: { claims: { sub }, scopes: null } } }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}
