import { expect, test } from '@jest/globals';
import { httpApiEvent } from '#test/support/http-api-event.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { defineService } from '../service.ts';
import { checkCaller } from './check-caller.ts';
import { httpHandler } from './http-handler.ts';

process.env.AUTH = 'jwt';

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
    const { statusCode, body } = await handler({ path: '/', ...event }, lambdaContext());
    expect([statusCode, JSON.parse(body).code]).toStrictEqual([401, 'UNAUTHORIZED']);
  }
});

test('and one with a name does', async () => {
  for (const event of [restEvent({ sub: 'alice' }), httpApiEvent({ sub: 'alice' })]) {
    const { statusCode, body } = await handler(event, lambdaContext());
    expect([statusCode, JSON.parse(body)]).toStrictEqual([200, { caller: { sub: 'alice' } }]);
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
  expect(statuses).toStrictEqual([200, 200, 401, 401, 401, 401]);
});

const unauthorized = expect.objectContaining({ code: 'UNAUTHORIZED' });

test.each(['jwt', 'cognito', 'lambda'])('an authorizer of the kind %s has to name its caller', (auth) => {
  expect(() => checkCaller(undefined, new Date(), auth)).toThrow(unauthorized);
});

test.each(['none', 'iam'])('with auth=%s there is no caller to name', (auth) => {
  expect(() => checkCaller(undefined, new Date(), auth)).not.toThrow();
});

test('a token ends with the moment that it names', () => {
  const expiresAt = new Date('2026-01-01T00:00:00.000Z');
  checkCaller({ sub: 'alice', expiresAt }, new Date(expiresAt.getTime() - 1));
  expect(() => checkCaller({ sub: 'alice', expiresAt }, expiresAt)).toThrow(
    expect.objectContaining({ code: 'UNAUTHORIZED' }),
  );
});
