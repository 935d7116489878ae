import { beforeAll, describe, expect, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { deployServices } from '#test/support/deploy-services.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { bearer } from '#test/support/tokens.ts';
import { type Clients, clientsOf, services, statusesOf } from './two-services.fixture.ts';

describe('with the parameter auth at cognito', () => {
  const stage = useEndpoint({ url: false, deploy: deployServices(services, { auth: 'cognito' }) });
  let clients: Clients;
  let pool: string;
  beforeAll(async () => {
    clients = await clientsOf(stage.url);
    pool = (await stackOutputs('platform-local', stage.url)).get('CallersUserPoolArn')?.split('/')[1] ?? '';
  });

  it('tokens of the pool count on both kinds of API, by their scopes', async () => {
    const tokenFor = (scopes: string) => bearer(stage.url, { sub: 'alice', scopes, pool });
    expect(await statusesOf(clients, {})).toStrictEqual([401, 401]);
    expect(await statusesOf(clients, await tokenFor('tasks/read friends/read'))).toStrictEqual([200, 200]);
    expect(await statusesOf(clients, await tokenFor('friends/read'))).toStrictEqual([401, 200]);
    expect(await statusesOf(clients, await tokenFor('tasks/read'))).toStrictEqual([200, 403]);
  });

  it('tokens of another issuer do not count', async () => {
    const token = await bearer(stage.url, { sub: 'alice', scopes: 'tasks/read friends/read' });
    expect(await statusesOf(clients, token)).toStrictEqual([401, 401]);
  });

  it('the subject of a token is the owner of its tasks', async () => {
    const scopes = 'tasks/read tasks/write';
    const alice = await bearer(stage.url, { sub: 'alice', scopes, pool });
    const bob = await bearer(stage.url, { sub: 'bob', scopes, pool });
    const body = { title: 'Hers' };
    const added = await clients.tasks.send({ method: 'POST', path: '/tasks', headers: alice, body });
    expect(added.statusCode).toBe(201);
    expect((await clients.tasks.send({ path: '/tasks', headers: bob })).body).toBe('[]');
  });
});
