import { expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { defineService } from '../service.ts';
import { text } from '../validation/fields.ts';
import { httpHandler } from './http-handler.ts';
import { httpRoutes } from './http-routes.ts';

const service = defineService('things', () => ({}));
const answer = (name: string) =>
  httpHandler(service, { path: z.object({ id: z.optional(text(1, 5)) }) }, async ({ path }, _, context) => ({
    status: 200,
    body: { name, id: path.id, path: context.path },
  }));
const handler = httpRoutes(service, [
  { method: 'GET', path: '/things', handler: answer('list') },
  { method: 'GET', path: '/things/{id}', handler: answer('read') },
  { method: 'DELETE', path: '/things/{id}', handler: answer('delete') },
]);

async function call(request: Parameters<typeof restEvent>[0]) {
  const { statusCode, body } = await handler(restEvent(request), lambdaContext());
  return { statusCode, ...JSON.parse(body) };
}

test('a request goes to its route, with its parameters and the path as the client sent it', async () => {
  const one = { path: '/things/1', resource: '/things/{id}', pathParameters: { id: '1' } };
  expect(await call({ path: '/things' })).toMatchObject({ name: 'list', path: '/dev/things' });
  expect(await call(one)).toMatchObject({ name: 'read', id: '1', path: '/dev/things/1' });
  expect(await call({ ...one, method: 'DELETE' })).toMatchObject({ name: 'delete', id: '1' });
});

test('the base path of a custom domain makes no difference', async () => {
  const request = { path: '/shop/things/1', resource: '/things/{id}', pathParameters: { id: '1' } };
  expect(await call(request)).toMatchObject({ name: 'read', id: '1' });
});

test('a route of none of them is a 404 with the one error body', async () => {
  for (const request of [{ path: '/other' }, { path: '/things', method: 'PATCH' }]) {
    const { statusCode, code, requestId } = await call(request);
    expect([statusCode, code]).toStrictEqual([404, 'NOT_FOUND']);
    expect(typeof requestId).toBe('string');
  }
});

test('an event without its route is refused by name', async () => {
  for (const event of [null, {}, 'text', { queryStringParameters: { limit: '1' } }]) {
    await expect(Reflect.apply(handler, undefined, [event, lambdaContext()])).rejects.toThrow(
      /^The event must be a request of a REST API with httpMethod and resource: it /,
    );
  }
});

test('a parameter is validated as everywhere', async () => {
  const request = { path: '/things/123456', resource: '/things/{id}', pathParameters: { id: '123456' } };
  expect(await call(request)).toMatchObject({ statusCode: 400, details: [{ path: 'path.id' }] });
});
