import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { httpApiEvent } from '#test/support/http-api-event.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { restEvent } from '#test/support/rest-event.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
process.env.AUTH = 'jwt';
const { defineService } = await import('../service.ts');
const { httpHandler } = await import('./http-handler.ts');
const { checkCaller } = await import('./check-caller.ts');

const handler = httpHandler(
  defineService('names', () => ({})),
  {},
  async (_request, _dependencies, { caller }) => ({ status: 200, body: { caller } }),
);

test('behind an authorizer a request without a name goes no further', async () => {
  // What a Lambda authorizer has to return is often the same for all callers; the context says who it is.
  const principal = { ...restEvent({}), requestContext: { authorizer: { principalId: 'caller' } } };
  const events = [restEvent({}), httpApiEvent({}), restEvent({ sub: '' }), httpApiEvent({ sub: '' }), principal, {}];
  for (const event of events) {
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

/** A fresh function of a stage with this `auth`, which reads it once. */
async function checkedBy(auth: string): Promise<typeof checkCaller> {
  const { checkCaller: fresh } = moduleOf.parse(await import(`./check-caller.ts?${auth}`));
  process.env.AUTH = auth;
  return fresh;
}
const moduleOf = z.object({ checkCaller: z.custom<typeof checkCaller>((value) => typeof value === 'function') });

test('whoever an authorizer names has to have a name, and systems and the public have none', async () => {
  for (const [auth, isRefused] of [
    ['none', false],
    ['iam', false],
    ['jwt', true],
    ['cognito', true],
    ['lambda', true],
  ] as const) {
    const check = await checkedBy(auth);
    if (isRefused) assert.throws(() => check(undefined, new Date()), { code: 'UNAUTHORIZED' }, auth);
    else check(undefined, new Date());
  }
});

test('a token ends with the moment that it names', () => {
  const expiresAt = new Date('2026-01-01T00:00:00.000Z');
  checkCaller({ sub: 'alice', expiresAt }, new Date(expiresAt.getTime() - 1));
  assert.throws(() => checkCaller({ sub: 'alice', expiresAt }, expiresAt), { code: 'UNAUTHORIZED' });
});
