const id = '0197d2a0-0000-7000-8000-000000000000';

/** A request of each kind that reaches the table, or the function behind; what it answers does not matter. */
export const restRequest = (method: string, resource: string, body?: object) => ({
  httpMethod: method,
  path: resource.replace(/\{\w+\}/, id),
  resource,
  headers: { 'content-type': 'application/json' },
  multiValueHeaders: {},
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: Object.fromEntries([...resource.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, id])),
  requestContext: { requestId: id, path: resource, authorizer: null },
  body: body === undefined ? null : JSON.stringify(body),
  isBase64Encoded: false,
});
