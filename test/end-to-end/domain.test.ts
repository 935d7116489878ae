import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Request, sendTo } from '#test/support/service-client.ts';

describe('the one domain', () => {
  const endpointUrl = process.env.TEST_ENDPOINT_URL ?? '';
  const send = (path: string, request: Omit<Request, 'path'> = {}) =>
    sendTo(endpointUrl + path, { ...request, headers: { host: 'api.localhost', ...request.headers } });

  it('has the API of each service below its name', async () => {
    const paths = ['/tasks/tasks', '/planner/planner', '/users/users?userType=CUSTOMER', '/products/products'];
    for (const path of [...paths, '/friends/friends/alice']) assert.equal((await send(path)).statusCode, 200, path);
    const user = { name: 'Ada', email: 'ada@example.com' };
    const accepted = await send('/users-async/users', { method: 'POST', body: user });
    assert.equal(accepted.statusCode, 202);
    assert.equal((await send('/orders/orders?username=nobody')).statusCode, 404);
  });

  it('is where the references in answers lead to', async () => {
    const { headers } = await send('/tasks/tasks', { method: 'POST', body: { title: 'Below a base path' } });
    const { pathname } = new URL(headers.location ?? '', `${endpointUrl}/tasks/tasks`);
    assert.equal((await send(pathname)).statusCode, 200);
  });

  it('knows no API of another name', async () => {
    assert.equal((await send('/unknown/tasks')).statusCode, 403);
    assert.equal((await send('/')).statusCode, 403);
  });
});
