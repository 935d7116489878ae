import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod/mini';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { text } from '../validation/fields.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
const { defineService } = await import('../service.ts');
const { httpHandler } = await import('./http-handler.ts');
const { httpRoutes } = await import('./http-routes.ts');

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
  assert.partialDeepStrictEqual(await call({ path: '/things' }), { name: 'list', path: '/dev/things' });
  assert.partialDeepStrictEqual(await call(one), { name: 'read', id: '1', path: '/dev/things/1' });
  assert.partialDeepStrictEqual(await call({ ...one, method: 'DELETE' }), { name: 'delete', id: '1' });
});

test('the base path of a custom domain makes no difference', async () => {
  const request = { path: '/shop/things/1', resource: '/things/{id}', pathParameters: { id: '1' } };
  assert.partialDeepStrictEqual(await call(request), { name: 'read', id: '1' });
});

test('a route of none of them is a 404 with the one error body', async () => {
  for (const request of [{ path: '/other' }, { path: '/things', method: 'PATCH' }]) {
    const { statusCode, code, requestId } = await call(request);
    assert.deepEqual([statusCode, code], [404, 'NOT_FOUND']);
    assert.equal(typeof requestId, 'string');
  }
});

test('a parameter is validated as everywhere', async () => {
  const request = { path: '/things/123456', resource: '/things/{id}', pathParameters: { id: '123456' } };
  assert.partialDeepStrictEqual(await call(request), { statusCode: 400, details: [{ path: 'path.id' }] });
});
