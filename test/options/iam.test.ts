import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, ListTagsOfResourceCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import { until, useEndpoint } from 'local-aws/testing';
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { deployServices } from '#test/support/deploy-services.ts';
import { checkErrorBody } from '#test/support/openapi-contract.ts';
import { type Answer, json } from '#test/support/service-client.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { type Clients, clientsOf, services } from './two-services.fixture.ts';

const codeOf = (answer: Answer) => [answer.statusCode, json(z.object({ code: z.string() }), answer).code];

describe('with the parameter auth at iam, and everything else on', () => {
  const stage = useEndpoint({
    url: false,
    deploy: deployServices(services, {
      auth: 'iam',
      apiKeyRequired: 'true',
      usagePlanQuota: '3',
      accessLogs: 'true',
      executionLogs: 'true',
      apiGatewayAccountRole: 'true',
      webAcl: 'managed',
      webAclLogs: 'true',
      billingMode: 'PROVISIONED',
      readCapacityMaximum: '50',
      writeCapacityMaximum: '50',
      tags: 'cost-centre=42',
    }),
  });
  let clients: Clients;
  let key: Record<string, string>;
  beforeAll(async () => {
    clients = await clientsOf(stage.url);
    const apiKey = (await stackOutputs('platform-local', stage.url)).get('ApiKeyId') ?? '';
    const gateway = new APIGatewayClient(awsConfig(stage.url));
    const { value = '' } = await gateway.send(new GetApiKeyCommand({ apiKey, includeValue: true }));
    gateway.destroy();
    key = { 'x-api-key': value };
  });

  const listTasks = (headers: Record<string, string>) => clients.tasks.send({ path: '/tasks', headers });

  it('a request has to be signed', async () => {
    expect(codeOf(await listTasks(key))).toStrictEqual([401, 'UNAUTHORIZED']);
    expect((await clients.friends.send({ path: '/friends/alice' })).statusCode).toBe(403);
    const headers = await signed(`${clients.friends.url}/friends/alice`);
    expect((await clients.friends.send({ path: '/friends/alice', headers })).statusCode).toBe(200);
  });

  it('a REST API asks for the key, until its quota is used up', async () => {
    const signature = await signed(`${clients.tasks.url}/tasks`);
    expect((await listTasks(signature)).statusCode).toBe(403);
    expect((await listTasks({ ...signature, 'x-api-key': 'another' })).statusCode).toBe(403);
    const answers = [];
    for (let number = 0; number < 4; number++) answers.push(await listTasks({ ...signature, ...key }));
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([200, 200, 200, 429]);
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
    // A group that something has deleted comes back with the next line, without a retention.
    const { logGroups = [] } = await logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/apigateway/' }),
    );
    expect(logGroups.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays])).toStrictEqual([
      ['/aws/apigateway/tasks-local', 30],
    ]);
    logs.destroy();
  });

  it('tables have the capacity that is given, and everything its tags', async () => {
    const dynamoDb = new DynamoDBClient(awsConfig(stage.url));
    const TableName = (await stackOutputs('tasks-local', stage.url)).get('TasksTableName');
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    const { Tags } = await dynamoDb.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }));
    dynamoDb.destroy();
    expect(Table?.ProvisionedThroughput?.ReadCapacityUnits).toBe(5);
    expect(Table?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput?.WriteCapacityUnits).toBe(5);
    expect(Tags?.find(({ Key }) => Key === 'cost-centre')?.Value).toBe('42');
  });
});

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
