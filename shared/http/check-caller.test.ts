import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpApiEvent } from '#test/support/http-api-event.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { restEvent } from '#test/support/rest-event.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
process.env.AUTH = 'jwt';
const { defineService } = await import('../service.ts');
const { httpHandler } = await import('./http-handler.ts');

const handler = httpHandler(
  defineService('names', () => ({})),
  {},
  async (_request, _dependencies, { caller }) => ({ status: 200, body: { caller } }),
);

test('behind an authorizer a request without a name goes no further', async () => {
  for (const event of [restEvent({}), httpApiEvent({}), restEvent({ sub: '' }), httpApiEvent({ sub: '' }), {}]) {
    const { statusCode, body } = await handler(event, lambdaContext());
    assert.deepEqual([statusCode, JSON.parse(body).code], [401, 'UNAUTHORIZED']);
  }
});

test('and one with a name does', async () => {
  for (const event of [restEvent({ sub: 'alice' }), httpApiEvent({ sub: 'alice' })]) {
    const { statusCode, body } = await handler(event, lambdaContext());
    assert.deepEqual([statusCode, JSON.parse(body)], [200, { caller: { sub: 'alice' } }]);
  }
});

test('a token that has expired since the authorizer was asked does not count', async () => {
  const seconds = Math.floor(Date.now() / 1000);
  const statuses = [];
  for (const exp of [String(seconds + 60), String(seconds), seconds - 60]) {
    const { requestContext } = restEvent({ sub: 'alice' });
    const rest = { ...restEvent({}), requestContext: { ...requestContext, authorizer: { sub: 'alice', exp } } };
    const http = { ...httpApiEvent({}), requestContext: { authorizer: { lambda: { sub: 'alice', exp } } } };
    for (const event of [rest, http]) statuses.push((await handler(event, lambdaContext())).statusCode);
  }
  assert.deepEqual(statuses, [200, 200, 401, 401, 401, 401]);
});
