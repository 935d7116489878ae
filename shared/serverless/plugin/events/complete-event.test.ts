import { describe, expect, it } from '@jest/globals';
import type { FunctionConfiguration, InvokeOptions } from '../framework.ts';
import { completeEvent } from './complete-event.ts';

const getTask = { events: [{ http: { method: 'get', path: '/tasks/{taskId}' } }] };
const products = { events: [{ http: 'GET products' }, { http: { method: 'POST', path: 'products' } }] };
const isFriend = { events: [{ httpApi: { method: 'GET', path: '/friends/{playerId}/isFriend/{friendId}' } }] };

function complete(functionObj: FunctionConfiguration, data: unknown) {
  const options: InvokeOptions = { functionObj, data };
  completeEvent(options, 'local');
  return options.data;
}

describe('a short event of a REST API', () => {
  it('gets its path parameters from the path, and null for what the request lacks', () => {
    expect(complete(getTask, { path: '/tasks/a%20b' })).toMatchObject({
      resource: '/tasks/{taskId}',
      httpMethod: 'GET',
      // Encoded, as REST APIs pass them on.
      pathParameters: { taskId: 'a%20b' },
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
      requestContext: { stage: 'local', resourcePath: '/tasks/{taskId}', requestId: expect.any(String) },
    });
  });

  it('gets its path from the path parameters', () => {
    expect(complete(getTask, { pathParameters: { taskId: 'a b' } })).toMatchObject({ path: '/tasks/a%20b' });
  });

  it('has each parameter once with its last value, and with all values', () => {
    const one = complete(products, { httpMethod: 'GET', queryStringParameters: { limit: 2 } });
    expect(one).toMatchObject({
      queryStringParameters: { limit: '2' },
      multiValueQueryStringParameters: { limit: ['2'] },
    });
    const many = complete(products, { httpMethod: 'GET', multiValueQueryStringParameters: { tag: ['a', 'b'] } });
    expect(many).toMatchObject({ queryStringParameters: { tag: 'b' } });
  });

  it('sends an object as JSON', () => {
    expect(complete(products, { httpMethod: 'POST', body: { name: 'Cup' } })).toMatchObject({
      body: '{"name":"Cup"}',
      multiValueHeaders: { 'Content-Type': ['application/json'] },
    });
  });

  it.each([
    [products, {}, 'The event needs httpMethod and path: the routes are GET /products, POST /products.'],
    [products, { httpMethod: 'PUT' }, 'The event is for PUT : the routes are GET /products, POST /products.'],
    [getTask, { path: '/users/1' }, 'The event is for any method /users/1: the routes are GET /tasks/{taskId}.'],
    [getTask, {}, 'The event has neither path nor pathParameters.taskId: the route is /tasks/{taskId}.'],
    [getTask, { path: '/tasks/1', query: {} }, /^The event has query, which API Gateway does not send\./],
    [products, { httpMethod: 'GET', headers: 'x' }, 'headers of the event must be an object.'],
  ])('is refused if no request leads to it: %j %j', (functionObj, data, message) => {
    expect(() => complete(functionObj, data)).toThrow(message);
  });
});

describe('a short event of an HTTP API', () => {
  it('becomes payload 2.0', () => {
    const path = '/friends/1/isFriend/2';
    expect(complete(isFriend, { httpMethod: 'GET', path, headers: { Accept: '*/*' } })).toMatchObject({
      version: '2.0',
      routeKey: 'GET /friends/{playerId}/isFriend/{friendId}',
      rawPath: path,
      rawQueryString: '',
      headers: { accept: '*/*' },
      pathParameters: { playerId: '1', friendId: '2' },
      requestContext: { http: { method: 'GET', path } },
    });
  });

  it('has its path parameters decoded', () => {
    expect(complete(isFriend, { path: '/friends/a%40b/isFriend/2' })).toMatchObject({
      pathParameters: { playerId: 'a@b' },
    });
  });

  it('has the raw query string and the parameters, with commas between several values', () => {
    const event = complete(isFriend, { rawPath: '/friends/1/isFriend/2', rawQueryString: 'a=1&a=2&b=3' });
    expect(event).toMatchObject({ queryStringParameters: { a: '1,2', b: '3' } });
    const other = complete(isFriend, { path: '/friends/1/isFriend/2', queryStringParameters: { a: 'x y' } });
    expect(other).toMatchObject({ rawQueryString: 'a=x+y' });
  });
});

it('events of queues and streams, and those of functions without an API, stay as they are', () => {
  for (const [functionObj, event] of [
    [getTask, { Records: [] }],
    [{ events: [] }, { any: 'thing' }],
  ] as const) {
    expect(complete(functionObj, event)).toBe(event);
  }
});
