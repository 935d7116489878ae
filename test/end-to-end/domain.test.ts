import { describe, expect, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { type Request, sendTo } from '#test/support/service-client.ts';

const aws = useEndpoint();

describe('the one domain', () => {
  const send = (path: string, request: Omit<Request, 'path'> = {}) =>
    sendTo(aws.url + path, { ...request, headers: { host: 'api.localhost', ...request.headers } });

  it('has the API of each service below its name', async () => {
    const paths = ['/tasks/tasks', '/planner/planner', '/users/users?userType=CUSTOMER', '/products/products'];
    for (const path of [...paths, '/friends/friends/alice']) expect((await send(path)).statusCode).toBe(200);
    const user = { name: 'Ada', email: 'ada@example.com' };
    const accepted = await send('/users-async/users', { method: 'POST', body: user });
    expect(accepted.statusCode).toBe(202);
    expect((await send('/orders/orders?username=nobody')).statusCode).toBe(404);
  });

  it('is where the references in answers lead to', async () => {
    const { headers } = await send('/tasks/tasks', { method: 'POST', body: { title: 'Below a base path' } });
    const { pathname } = new URL(headers.location ?? '', `${aws.url}/tasks/tasks`);
    expect((await send(pathname)).statusCode).toBe(200);
  });

  it('knows no API of another name', async () => {
    expect((await send('/unknown/tasks')).statusCode).toBe(403);
    expect((await send('/')).statusCode).toBe(403);
  });
});
