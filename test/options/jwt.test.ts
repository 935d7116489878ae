import { beforeAll, describe, expect, it } from '@jest/globals';
import { until, useEndpoint } from 'local-aws/testing';
import * as z from 'zod';
import { deployServices } from '#test/support/deploy-services.ts';
import { checkErrorBody, loadContract } from '#test/support/openapi-contract.ts';
import { type Answer, json, type Request, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { bearer } from '#test/support/tokens.ts';

const taskSchema = z.object({ id: z.string(), title: z.string() });
const errorSchema = z.object({ code: z.string() });
const codeOf = (answer: Answer) => [answer.statusCode, json(errorSchema, answer).code];

describe('with the parameter auth at jwt', () => {
  const services = ['tasks', 'planner', 'users-async', 'friends', 'users', 'orders'];
  const stage = useEndpoint({ url: false, deploy: deployServices(services, { auth: 'jwt' }) });
  let clients: ReadonlyMap<string, ServiceClient>;
  beforeAll(async () => {
    const found = await Promise.all(
      services.map(async (name) => [name, await serviceClient(name, stage.url)] as const),
    );
    clients = new Map(found);
  });

  const send = (service: string, request: Request): Promise<Answer> => {
    const client = clients.get(service);
    if (client === undefined) throw new Error(`${service} is not deployed`);
    return client.send(request);
  };
  const sendAs = async (sub: string, scopes: string, service: string, request: Request): Promise<Answer> =>
    send(service, { ...request, headers: { ...(await tokenOf({ sub, scopes })), ...request.headers } });
  const tokenOf = (query: Parameters<typeof bearer>[1]) =>
    bearer(stage.url, { audience: 'serverless-microservices', ...query });
  const addTask = (sub: string, title: string) =>
    sendAs(sub, 'tasks/write', 'tasks', { method: 'POST', path: '/tasks', body: { title } });

  it('every route of a REST API answers a request without a token with 401, and its preflight', async () => {
    for (const name of ['tasks', 'planner', 'users-async', 'users', 'orders']) {
      const { operations } = loadContract(`${name}.yml`);
      for (const { method, path } of operations.filter((operation) => operation.method !== 'OPTIONS')) {
        const address = path.replaceAll(/\{[^}]+\}/g, 'x');
        const answer = await send(name, { method, path: address });
        expect([name, method, path, ...codeOf(answer)]).toStrictEqual([name, method, path, 401, 'UNAUTHORIZED']);
        checkErrorBody(answer.body);
        expect(answer.headers['access-control-allow-origin']).toBe('*');
        const preflight = await send(name, { method: 'OPTIONS', path: address });
        expect(preflight.statusCode).toBeLessThan(300);
      }
    }
  });

  it('an HTTP API answers 401 too, in the words of API Gateway', async () => {
    const answer = await send('friends', { path: '/friends/alice' });
    expect([answer.statusCode, JSON.parse(answer.body)]).toStrictEqual([401, { message: 'Unauthorized' }]);
  });

  it('a token that does not count is no token', async () => {
    const alice = { sub: 'alice', scopes: 'tasks/read friends/read' };
    const { authorization: good } = await tokenOf(alice);
    const [head, , signature] = good.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'bob', scope: 'tasks/read' })).toString('base64url');
    const tokens = [
      { authorization: 'Bearer nonsense' },
      { authorization: `${head}.${forged}.${signature}` },
      await tokenOf({ ...alice, audience: 'another' }),
      await tokenOf({ ...alice, expiresIn: '-60' }),
    ];
    for (const headers of tokens) {
      expect((await send('tasks', { path: '/tasks', headers })).statusCode).toBe(401);
      expect((await send('friends', { path: '/friends/alice', headers })).statusCode).toBe(401);
    }
  });

  it('a scope opens what it is for, and a missing one is 403', async () => {
    const list = { path: '/tasks' };
    expect((await sendAs('alice', 'tasks/read', 'tasks', list)).statusCode).toBe(200);
    expect(codeOf(await sendAs('alice', 'tasks/write', 'tasks', list))).toStrictEqual([403, 'FORBIDDEN']);
    expect(codeOf(await sendAs('alice', 'orders/read', 'tasks', list))).toStrictEqual([403, 'FORBIDDEN']);
    expect((await sendAs('alice', 'friends/read', 'friends', { path: '/friends/alice' })).statusCode).toBe(200);
    expect((await sendAs('alice', 'friends/write', 'friends', { path: '/friends/alice' })).statusCode).toBe(403);
  });

  it('everybody has tasks and plans of their own', async () => {
    const { id } = json(taskSchema, await addTask('alice', 'Hers'));
    await addTask('bob', 'His');
    const list = await sendAs('bob', 'tasks/read', 'tasks', { path: '/tasks' });
    expect(json(z.array(taskSchema), list).map(({ title }) => title)).toStrictEqual(['His']);
    for (const method of ['GET', 'DELETE']) {
      const answer = await sendAs('bob', 'tasks/read tasks/write', 'tasks', { method, path: `/tasks/${id}` });
      expect(codeOf(answer)).toStrictEqual([404, 'NOT_FOUND']);
    }
    await until('the plan of Alice alone', async () => {
      const plan = await sendAs('alice', 'planner/read', 'planner', { path: '/planner' });
      const { unscheduled } = json(z.object({ unscheduled: z.array(taskSchema) }), plan);
      return unscheduled.map(({ title }) => title).join() === 'Hers' ? true : undefined;
    });
  });

  it('users and orders are open to the user alone, and the list of users to who may administer them', async () => {
    const [alice, bob] = ['users/read users/write orders/read orders/write', 'users/read users/write orders/read'];
    const user = { username: 'Alice', email: 'alice@example.com', name: 'Alice' };
    const create = { method: 'POST', path: '/users', body: user };
    expect(codeOf(await sendAs('bob', bob, 'users', create))).toStrictEqual([403, 'FORBIDDEN']);
    expect((await sendAs('alice', alice, 'users', create)).statusCode).toBe(201);
    expect((await sendAs('alice', alice, 'users', { path: '/users/alice' })).statusCode).toBe(200);
    expect(codeOf(await sendAs('bob', bob, 'users', { path: '/users/alice' }))).toStrictEqual([403, 'FORBIDDEN']);

    const order = { method: 'POST', path: '/orders', body: { username: 'alice', amount: 1, numItems: 1 } };
    expect((await sendAs('alice', alice, 'orders', order)).statusCode).toBe(201);
    const orders = { path: '/orders?username=alice' };
    expect((await sendAs('alice', alice, 'orders', orders)).statusCode).toBe(200);
    expect(codeOf(await sendAs('bob', bob, 'orders', orders))).toStrictEqual([403, 'FORBIDDEN']);

    const all = { path: '/users?userType=CUSTOMER' };
    expect(codeOf(await sendAs('alice', alice, 'users', all))).toStrictEqual([403, 'FORBIDDEN']);
    expect((await sendAs('root', 'users/admin', 'users', all)).statusCode).toBe(200);
    for (const path of ['/users/?userType=CUSTOMER', '/%75sers?userType=CUSTOMER', '//users?userType=CUSTOMER']) {
      const { statusCode } = await sendAs('alice', alice, 'users', { path });
      expect([403, 404]).toContain(statusCode);
    }
  });

  it('players act for themselves', async () => {
    const action = { player_id: 'alice', friend_id: 'bob', friend_action: 'Request' };
    const request = { method: 'POST', path: '/friends', body: action };
    expect((await sendAs('alice', 'friends/write', 'friends', request)).statusCode).toBe(202);
    expect((await sendAs('bob', 'friends/write', 'friends', request)).statusCode).toBe(403);
    expect((await sendAs('bob', 'friends/read', 'friends', { path: '/friends/alice' })).statusCode).toBe(403);
  });

  it('the API without functions asks for tokens too', async () => {
    const request = { method: 'POST', path: '/users', body: { name: 'Ada', email: 'ada@example.com' } };
    const accepted = await sendAs('alice', 'users-async/write', 'users-async', request);
    expect(accepted.statusCode).toBe(202);
    const { messageId } = json(z.object({ messageId: z.string() }), accepted);
    const status = { path: `/status/${messageId}` };
    expect(codeOf(await sendAs('alice', 'users-async/write', 'users-async', status))).toStrictEqual([403, 'FORBIDDEN']);
    await until('the user', async () => {
      const answer = await sendAs('alice', 'users-async/read', 'users-async', status);
      return answer.statusCode === 200 ? true : undefined;
    });
  });
});
