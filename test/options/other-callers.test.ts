import assert from 'node:assert/strict';
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, ListTagsOfResourceCommand } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SignatureV4 } from '@smithy/signature-v4';
import { strToU8, zipSync } from 'fflate';
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { type DeployedStage, deployedStage } from '#test/support/deployed-stage.ts';
import { checkErrorBody } from '#test/support/openapi-contract.ts';
import { type Answer, json, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { bearer } from '#test/support/tokens.ts';
import { until } from '#test/support/until.ts';

const codeOf = (answer: Answer) => [answer.statusCode, json(z.object({ code: z.string() }), answer).code];

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
    const tokenFor = (scopes: string) => bearer(stage.url, { sub: 'alice', scopes, pool });
    assert.deepEqual(await statusesOf(clients, {}), [401, 401]);
    assert.deepEqual(await statusesOf(clients, await tokenFor('tasks/read friends/read')), [200, 200]);
    assert.deepEqual(await statusesOf(clients, await tokenFor('friends/read')), [401, 200]);
    assert.deepEqual(await statusesOf(clients, await tokenFor('tasks/read')), [200, 403]);
  });

  it('tokens of another issuer do not count', async () => {
    const token = await bearer(stage.url, { sub: 'alice', scopes: 'tasks/read friends/read' });
    assert.deepEqual(await statusesOf(clients, token), [401, 401]);
  });

  it('the subject of a token is the owner of its tasks', async () => {
    const scopes = 'tasks/read tasks/write';
    const alice = await bearer(stage.url, { sub: 'alice', scopes, pool });
    const bob = await bearer(stage.url, { sub: 'bob', scopes, pool });
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
      const logGroupName = '/aws/apigateway/tasks-local';
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
      const lines = events.map(({ message = '' }) => line.parse(JSON.parse(message)));
      return lines.find(({ method, route, status }) => `${method} ${route} ${status}` === 'GET /tasks 200');
    });
    // A group that something has deleted comes back with the next line, but for ever.
    const { logGroups = [] } = await logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/apigateway/' }),
    );
    assert.deepEqual(
      logGroups.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]),
      [['/aws/apigateway/tasks-local', 30]],
    );
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

/** An authorizer that believes everybody, as long as the name is alice or bob. */
async function createAuthorizer(url: string): Promise<void> {
  const code = `exports.handler = async ({ headers, methodArn }) => {
    const sub = headers.authorization ?? headers.Authorization;
    const Effect = ['alice', 'bob'].includes(sub) ? 'Allow' : 'Deny';
    const Resource = methodArn.split('/').slice(0, 2).join('/') + '/*';
    const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource }];
    return { principalId: sub, policyDocument: { Version: '2012-10-17', Statement }, context: { sub } };
  };`;
  const iam = new IAMClient(awsConfig(url));
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'mine',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  iam.destroy();
  const lambda = new LambdaClient(awsConfig(url));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'mine',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: Role?.Arn,
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
