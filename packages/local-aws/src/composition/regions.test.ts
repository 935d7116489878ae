import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';
import { type Clients, clientsIn, idsIn, listed, shopIn } from './region-clients.fixture.ts';
import { account, deployShop, east, frankfurt } from './regions.fixture.ts';

describe('a stack of one name in two regions', () => {
  let endpoint: Endpoint;
  let outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  let here: Clients;
  let there: Clients;
  before(async () => {
    endpoint = await startEndpoint();
    outputs = { [east]: await deployShop(endpoint, east), [frankfurt]: await deployShop(endpoint, frankfurt) };
    here = clientsIn(east, endpoint);
    there = clientsIn(frankfurt, endpoint);
  });
  after(() => endpoint.close());

  it('has its own resources, ARNs, exports and lists in each', async () => {
    assert.deepEqual(await listed(here), shopIn(east));
    assert.deepEqual(await listed(there), shopIn(frankfurt));
    const empty = await listed(clientsIn('sa-east-1', endpoint));
    assert.deepEqual(
      Object.values(empty).map((list) => list ?? []),
      Object.keys(empty).map(() => []),
    );
  });

  it('has roles, buckets and APIs whose names and ids differ, as there is one of each name', async () => {
    for (const name of ['Api', 'Bucket', 'Role', 'Url']) {
      assert.notEqual(outputs[east]?.[name], outputs[frankfurt]?.[name], name);
    }
    for (const { iam } of [here, there]) {
      const { Roles = [] } = await iam.send(new ListRolesCommand());
      assert.deepEqual(Roles.map(({ Arn }) => Arn).sort(), [outputs[east]?.Role, outputs[frankfurt]?.Role].sort());
    }
  });

  it('serves its API with a function that works in its own region', async () => {
    for (const [region, clients] of [
      [east, here],
      [frankfurt, there],
    ] as const) {
      const answer = await fetch(`${outputs[region]?.Url}/things/of-${region}`);
      assert.deepEqual([answer.status, await answer.text()], [200, region]);
      assert.deepEqual(await idsIn(clients), [`of-${region} ${region}`]);
      const { Messages = [] } = await until('a message', async () => {
        const received = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: outputs[region]?.Queue }));
        return received.Messages === undefined ? undefined : received;
      });
      const { eventSourceARN, ...record } = JSON.parse(Messages[0]?.Body ?? '');
      assert.deepEqual(record, { id: `of-${region}`, awsRegion: region });
      assert.match(eventSourceARN, new RegExp(`^arn:aws:dynamodb:${region}:`));
    }
  });

  it('logs and measures in its own region', async () => {
    for (const { logs, cloudWatch } of [here, there]) {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: '/aws/lambda/show', filterPattern: 'INIT_START' }),
      );
      assert.ok(events.length > 0);
      const { Datapoints = [] } = await cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/Lambda',
          MetricName: 'Invocations',
          Dimensions: [{ Name: 'FunctionName', Value: 'show' }],
          StartTime: new Date(Date.now() - 600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 3600,
          Statistics: ['Sum'],
        }),
      );
      // The request, and the record of what it wrote.
      assert.deepEqual(
        Datapoints.map(({ Sum }) => Sum),
        [2],
      );
    }
  });

  it('is one of the stacks, APIs and functions of the endpoint, with its region', () => {
    assert.deepEqual(
      endpoint.stacks().map(({ name, region }) => [name, region]),
      [
        ['shop', east],
        ['shop', frankfurt],
      ],
    );
    assert.deepEqual(
      endpoint.apis().map(({ region, apiId }) => [region, apiId]),
      [east, frankfurt].map((region) => [region, outputs[region]?.Api]),
    );
    assert.deepEqual(
      endpoint.functions('shop').map(({ functionArn }) => functionArn),
      [east, frankfurt].map((region) => `arn:aws:lambda:${region}:${account}:function:show`),
    );
  });
});

test('the state of every region survives a restart', async (t) => {
  const persist = mkdtempSync(join(tmpdir(), 'regions-'));
  t.after(() => rmSync(persist, { recursive: true }));
  let url: string | undefined;
  {
    await using endpoint = await startEndpoint({ persist });
    await deployShop(endpoint, east);
    ({ Url: url } = await deployShop(endpoint, frankfurt));
    await fetch(`${url}/things/kept`);
  }
  await using endpoint = await startEndpoint({ persist });
  const there = clientsIn(frankfurt, endpoint);
  assert.deepEqual(await listed(clientsIn(east, endpoint)), shopIn(east));
  assert.deepEqual(await listed(there), shopIn(frankfurt));
  assert.deepEqual(await idsIn(there), [`kept ${frankfurt}`]);
  const { pathname } = new URL(`${url}/things/again`);
  const answer = await fetch(`${endpoint.url}${pathname}`);
  assert.deepEqual([answer.status, await answer.text()], [200, frankfurt]);
});
