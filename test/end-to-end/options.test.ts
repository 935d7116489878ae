import assert from 'node:assert/strict';
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, ListTagsOfResourceCommand } from '@aws-sdk/client-dynamodb';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SignatureV4 } from '@smithy/signature-v4';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { type DeployedStage, deployedStage } from '#test/support/deployed-stage.ts';
import { checkErrorBody, loadContract } from '#test/support/openapi-contract.ts';
import {
  type Answer,
  json,
  type Request,
  type ServiceClient,
  sendTo,
  serviceClient,
} from '#test/support/service-client.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { until } from '#test/support/until.ts';

const taskSchema = z.object({ id: z.string(), title: z.string() });
const errorSchema = z.object({ code: z.string() });

/** A token of the endpoint's issuer, or of one of its user pools. */
async function tokenOf(url: string, sub: string, scopes: string, more: Record<string, string> = {}): Promise<string> {
  const query = new URLSearchParams({ sub, scopes, audience: 'serverless-microservices', ...more });
  const answer = await fetch(`${url}/_local/oidc/token?${query}`);
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const codeOf = (answer: Answer) => [answer.statusCode, json(errorSchema, answer).code];

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

describe('with the parameter auth at jwt', () => {
  let stage: DeployedStage;
  let clients: ReadonlyMap<string, ServiceClient>;
  before(async () => {
    const services = ['tasks', 'planner', 'users-async', 'friends', 'users', 'orders'];
    stage = await deployedStage(services, { auth: 'jwt' });
    const found = await Promise.all(
      services.map(async (name) => [name, await serviceClient(name, stage.url)] as const),
    );
    clients = new Map(found);
  });
  after(() => stage?.[Symbol.asyncDispose]());

  const send = (service: string, request: Request): Promise<Answer> => {
    const client = clients.get(service);
    assert.ok(client);
    return client.send(request);
  };
  const sendAs = async (sub: string, scopes: string, service: string, request: Request): Promise<Answer> =>
    send(service, { ...request, headers: { ...bearer(await tokenOf(stage.url, sub, scopes)), ...request.headers } });
  const addTask = (sub: string, title: string) =>
    sendAs(sub, 'tasks/write', 'tasks', { method: 'POST', path: '/tasks', body: { title } });

  it('every route of a REST API answers a request without a token with 401, and its preflight', async () => {
    for (const name of ['tasks', 'planner', 'users-async', 'users', 'orders']) {
      const { operations } = loadContract(`${name}.yml`);
      for (const { method, path } of operations.filter((operation) => operation.method !== 'OPTIONS')) {
        const address = path.replaceAll(/\{[^}]+\}/g, 'x');
        const answer = await send(name, { method, path: address });
        assert.deepEqual(codeOf(answer), [401, 'UNAUTHORIZED'], `${name} ${method} ${path}`);
        checkErrorBody(answer.body);
        assert.equal(answer.headers['access-control-allow-origin'], '*');
        const preflight = await send(name, { method: 'OPTIONS', path: address });
        assert.ok(preflight.statusCode < 300, `${name} OPTIONS ${path}: ${preflight.statusCode}`);
      }
    }
  });

  it('an HTTP API answers 401 too, in the words of API Gateway', async () => {
    const answer = await send('friends', { path: '/friends/alice' });
    assert.deepEqual([answer.statusCode, JSON.parse(answer.body)], [401, { message: 'Unauthorized' }]);
  });

  it('a token that does not count is no token', async () => {
    const good = await tokenOf(stage.url, 'alice', 'tasks/read');
    const [head, , signature] = good.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'bob', scope: 'tasks/read' })).toString('base64url');
    const tokens = [
      'nonsense',
      `${head}.${forged}.${signature}`,
      await tokenOf(stage.url, 'alice', 'tasks/read', { audience: 'another' }),
      await tokenOf(stage.url, 'alice', 'tasks/read', { expiresIn: '-60' }),
    ];
    for (const token of tokens) {
      assert.equal((await send('tasks', { path: '/tasks', headers: bearer(token) })).statusCode, 401, token);
      assert.equal((await send('friends', { path: '/friends/alice', headers: bearer(token) })).statusCode, 401, token);
    }
  });

  it('a scope opens what it is for, and a missing one is 403', async () => {
    const list = { path: '/tasks' };
    assert.equal((await sendAs('alice', 'tasks/read', 'tasks', list)).statusCode, 200);
    assert.deepEqual(codeOf(await sendAs('alice', 'tasks/write', 'tasks', list)), [403, 'FORBIDDEN']);
    assert.deepEqual(codeOf(await sendAs('alice', 'orders/read', 'tasks', list)), [403, 'FORBIDDEN']);
    assert.equal((await sendAs('alice', 'friends/read', 'friends', { path: '/friends/alice' })).statusCode, 200);
    assert.equal((await sendAs('alice', 'friends/write', 'friends', { path: '/friends/alice' })).statusCode, 403);
  });

  it('everybody has tasks and plans of their own', async () => {
    const { id } = json(taskSchema, await addTask('alice', 'Hers'));
    await addTask('bob', 'His');
    const list = await sendAs('bob', 'tasks/read', 'tasks', { path: '/tasks' });
    assert.deepEqual(
      json(z.array(taskSchema), list).map(({ title }) => title),
      ['His'],
    );
    for (const method of ['GET', 'DELETE']) {
      const answer = await sendAs('bob', 'tasks/read tasks/write', 'tasks', { method, path: `/tasks/${id}` });
      assert.deepEqual(codeOf(answer), [404, 'NOT_FOUND']);
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
    assert.deepEqual(codeOf(await sendAs('bob', bob, 'users', create)), [403, 'FORBIDDEN']);
    assert.equal((await sendAs('alice', alice, 'users', create)).statusCode, 201);
    assert.equal((await sendAs('alice', alice, 'users', { path: '/users/alice' })).statusCode, 200);
    assert.deepEqual(codeOf(await sendAs('bob', bob, 'users', { path: '/users/alice' })), [403, 'FORBIDDEN']);

    const order = { method: 'POST', path: '/orders', body: { username: 'alice', amount: 1, numItems: 1 } };
    assert.equal((await sendAs('alice', alice, 'orders', order)).statusCode, 201);
    const orders = { path: '/orders?username=alice' };
    assert.equal((await sendAs('alice', alice, 'orders', orders)).statusCode, 200);
    assert.deepEqual(codeOf(await sendAs('bob', bob, 'orders', orders)), [403, 'FORBIDDEN']);

    const all = { path: '/users?userType=CUSTOMER' };
    assert.deepEqual(codeOf(await sendAs('alice', alice, 'users', all)), [403, 'FORBIDDEN']);
    assert.equal((await sendAs('root', 'users/admin', 'users', all)).statusCode, 200);
  });

  it('players act for themselves', async () => {
    const action = { player_id: 'alice', friend_id: 'bob', friend_action: 'Request' };
    const request = { method: 'POST', path: '/friends', body: action };
    assert.equal((await sendAs('alice', 'friends/write', 'friends', request)).statusCode, 202);
    assert.equal((await sendAs('bob', 'friends/write', 'friends', request)).statusCode, 403);
    assert.equal((await sendAs('bob', 'friends/read', 'friends', { path: '/friends/alice' })).statusCode, 403);
  });

  it('the API without functions asks for tokens too', async () => {
    const request = { method: 'POST', path: '/users', body: { name: 'Ada', email: 'ada@example.com' } };
    const accepted = await sendAs('alice', 'users-async/write', 'users-async', request);
    assert.equal(accepted.statusCode, 202, accepted.body);
    const { messageId } = json(z.object({ messageId: z.string() }), accepted);
    const status = { path: `/status/${messageId}` };
    assert.deepEqual(codeOf(await sendAs('alice', 'users-async/write', 'users-async', status)), [403, 'FORBIDDEN']);
    await until('the user', async () => {
      const answer = await sendAs('alice', 'users-async/read', 'users-async', status);
      return answer.statusCode === 200 ? true : undefined;
    });
  });
});

/** Two services of each kind of API, for what differs between the values of auth. */
const services = ['tasks', 'friends'];
type Clients = { readonly tasks: ServiceClient; readonly friends: ServiceClient };
const clientsOf = async (url: string): Promise<Clients> => ({
  tasks: await serviceClient('tasks', url),
  friends: await serviceClient('friends', url),
});
const statusesOf = async ({ tasks, friends }: Clients, headers: Record<string, string>) => [
  (await tasks.send({ path: '/tasks', headers })).statusCode,
  (await friends.send({ path: '/friends/alice', headers })).statusCode,
];

describe('with the parameter auth at cognito', () => {
  let stage: DeployedStage;
  let clients: Clients;
  let pool: string;
  before(async () => {
    stage = await deployedStage(services, { auth: 'cognito' });
    clients = await clientsOf(stage.url);
    pool = (await stackOutputs('platform-local', stage.url)).get('CallersUserPoolArn')?.split('/')[1] ?? '';
  });
  after(() => stage?.[Symbol.asyncDispose]());

  it('tokens of the pool count on both kinds of API, by their scopes', async () => {
    const tokenFor = async (scopes: string) => bearer(await poolToken(stage.url, { sub: 'alice', scopes, pool }));
    assert.deepEqual(await statusesOf(clients, {}), [401, 401]);
    assert.deepEqual(await statusesOf(clients, await tokenFor('tasks/read friends/read')), [200, 200]);
    assert.deepEqual(await statusesOf(clients, await tokenFor('friends/read')), [401, 200]);
    assert.deepEqual(await statusesOf(clients, await tokenFor('tasks/read')), [200, 403]);
  });

  it('tokens of another issuer do not count', async () => {
    const token = bearer(await tokenOf(stage.url, 'alice', 'tasks/read friends/read'));
    assert.deepEqual(await statusesOf(clients, token), [401, 401]);
  });

  it('the subject of a token is the owner of its tasks', async () => {
    const scopes = 'tasks/read tasks/write';
    const alice = bearer(await poolToken(stage.url, { sub: 'alice', scopes, pool }));
    const bob = bearer(await poolToken(stage.url, { sub: 'bob', scopes, pool }));
    const body = { title: 'Hers' };
    const added = await clients.tasks.send({ method: 'POST', path: '/tasks', headers: alice, body });
    assert.equal(added.statusCode, 201);
    assert.equal((await clients.tasks.send({ path: '/tasks', headers: bob })).body, '[]');
  });
});

describe('with the parameter auth at lambda', () => {
  let stage: DeployedStage;
  let clients: Clients;
  before(async () => {
    const authorizerFunctionArn = 'arn:aws:lambda:us-east-1:000000000000:function:mine';
    stage = await deployedStage(services, { auth: 'lambda', authorizerFunctionArn }, createAuthorizer);
    clients = await clientsOf(stage.url);
  });
  after(() => stage?.[Symbol.asyncDispose]());

  it('a function of one’s own says who may call both kinds of API', async () => {
    assert.deepEqual(await statusesOf(clients, {}), [401, 401]);
    assert.deepEqual(await statusesOf(clients, { authorization: 'alice' }), [200, 200]);
    assert.deepEqual(await statusesOf(clients, { authorization: 'bob' }), [200, 403]);
    assert.deepEqual(await statusesOf(clients, { authorization: 'nobody' }), [403, 403]);
  });
});

describe('with the parameter auth at iam, and everything else on', () => {
  let stage: DeployedStage;
  let clients: Clients;
  let key: Record<string, string>;
  before(async () => {
    stage = await deployedStage(services, {
      auth: 'iam',
      apiKeyRequired: 'true',
      usagePlanQuota: '3',
      accessLogs: 'true',
      executionLogs: 'true',
      apiGatewayAccountRole: 'true',
      webAcl: 'managed',
      billingMode: 'PROVISIONED',
      tags: 'cost-centre=42',
    });
    clients = await clientsOf(stage.url);
    const apiKey = (await stackOutputs('platform-local', stage.url)).get('ApiKeyId') ?? '';
    const gateway = new APIGatewayClient(awsConfig(stage.url));
    const { value = '' } = await gateway.send(new GetApiKeyCommand({ apiKey, includeValue: true }));
    gateway.destroy();
    key = { 'x-api-key': value };
  });
  after(() => stage?.[Symbol.asyncDispose]());

  const listTasks = (headers: Record<string, string>) => clients.tasks.send({ path: '/tasks', headers });

  it('a request has to be signed', async () => {
    assert.deepEqual(codeOf(await listTasks(key)), [401, 'UNAUTHORIZED']);
    assert.equal((await clients.friends.send({ path: '/friends/alice' })).statusCode, 403);
    const headers = await signed(`${clients.friends.url}/friends/alice`);
    assert.equal((await clients.friends.send({ path: '/friends/alice', headers })).statusCode, 200);
  });

  it('a REST API asks for the key, until its quota is used up', async () => {
    const signature = await signed(`${clients.tasks.url}/tasks`);
    assert.equal((await listTasks(signature)).statusCode, 403);
    assert.equal((await listTasks({ ...signature, 'x-api-key': 'another' })).statusCode, 403);
    const answers = [];
    for (let number = 0; number < 4; number++) answers.push(await listTasks({ ...signature, ...key }));
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [200, 200, 200, 429],
    );
    for (const { body } of answers.slice(3)) checkErrorBody(body);
  });

  it('a request leaves a line without anything personal', async () => {
    const logs = new CloudWatchLogsClient(awsConfig(stage.url));
    const line = z.object({ method: z.string(), route: z.string(), status: z.string() });
    await until('the line', async () => {
      const logGroupName = '/aws/api-gateway/tasks-local';
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
      const lines = events.map(({ message = '' }) => line.parse(JSON.parse(message)));
      return lines.find(({ method, route, status }) => `${method} ${route} ${status}` === 'GET /tasks 200');
    });
    logs.destroy();
  });

  it('tables have the capacity that is given, and everything its tags', async () => {
    const dynamoDb = new DynamoDBClient(awsConfig(stage.url));
    const TableName = (await stackOutputs('tasks-local', stage.url)).get('TasksTableName');
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    const { Tags } = await dynamoDb.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }));
    dynamoDb.destroy();
    assert.equal(Table?.ProvisionedThroughput?.ReadCapacityUnits, 5);
    assert.equal(Table?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput?.WriteCapacityUnits, 5);
    assert.equal(Tags?.find(({ Key }) => Key === 'cost-centre')?.Value, '42');
  });
});

async function poolToken(url: string, query: Record<string, string>): Promise<string> {
  const answer = await fetch(`${url}/_local/oidc/token?${new URLSearchParams(query)}`);
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}

/** An authorizer that believes everybody, as long as the name is alice or bob. */
async function createAuthorizer(url: string): Promise<void> {
  const code = `exports.handler = async ({ headers, methodArn }) => {
    const sub = headers.authorization ?? headers.Authorization;
    const Effect = ['alice', 'bob'].includes(sub) ? 'Allow' : 'Deny';
    const Resource = methodArn.split('/').slice(0, 2).join('/') + '/*';
    const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource }];
    return { principalId: sub, policyDocument: { Version: '2012-10-17', Statement }, context: { sub } };
  };`;
  const lambda = new LambdaClient(awsConfig(url));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'mine',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/mine',
      Code: { ZipFile: zipSync({ 'index.js': strToU8(code) }) },
    }),
  );
  lambda.destroy();
}

/** What the signer takes for a hash. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' || secret === undefined ? secret : Buffer.from(secret as never);
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

/** The headers of a GET that somebody of the account has signed. */
async function signed(address: string): Promise<Record<string, string>> {
  const { hostname, port, pathname } = new URL(address);
  const { credentials, region } = awsConfig(address);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const headers = { host: `${hostname}:${port}` };
  const request = { protocol: 'http:', hostname, port: Number(port), method: 'GET', path: pathname, headers };
  return (await signer.sign(request)).headers;
}
