import type { APIGatewayProxyEvent } from 'aws-lambda';

type Request = {
  readonly method?: string;
  readonly path?: string;
  readonly resource?: string;
  readonly pathParameters?: Record<string, string>;
  /** A raw query string without the question mark. */
  readonly query?: string;
  readonly headers?: Record<string, string>;
  /** Sent as it is when it is text, else as JSON with its content type. */
  readonly body?: unknown;
  /** The subject that a Cognito authorizer found. */
  readonly sub?: string;
};

/** A proxy event as a REST API sends it: every key present, what is absent is null, headers in the client's case. */
export function restEvent({
  method = 'GET',
  path = '/',
  resource = path,
  pathParameters,
  query = '',
  headers = {},
  body,
  sub,
}: Request): APIGatewayProxyEvent {
  const sent = { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers };
  const parameters = new URLSearchParams(query);
  const names = [...new Set(parameters.keys())];
  return {
    resource,
    path,
    httpMethod: method,
    headers: sent,
    multiValueHeaders: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, [value]])),
    queryStringParameters:
      names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, parameters.getAll(name).at(-1)])),
    multiValueQueryStringParameters:
      names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, parameters.getAll(name)])),
    pathParameters: pathParameters ?? null,
    stageVariables: null,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      authorizer: sub === undefined ? null : { claims: { sub } },
      domainName: 'api.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'api',
      extendedRequestId: 'extended',
      httpMethod: method,
      identity: {
        accessKey: null,
        accountId: null,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: '127.0.0.1',
        user: null,
        userAgent: 'test',
        userArn: null,
      },
      path: `/dev${path}`,
      protocol: 'HTTP/1.1',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      requestTimeEpoch: 0,
      resourceId: 'abc123',
      resourcePath: resource,
      stage: 'dev',
    },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  };
}
