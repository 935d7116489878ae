import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { median } from '../load.ts';
import { familyMegabytes, processorSeconds } from '../memory.ts';
import type { Measurement, Scenario } from '../report.ts';
import { type RunningEndpoint, runEndpoint, unthrottled } from '../running-endpoint.ts';

const records = 100_000;
const rounds = 200;
const idleSeconds = 10;
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const key = (pk: string, sk: string) => ({ PK: { S: pk }, SK: { S: sk } });
const text = 'x'.repeat(200);

/** An endpoint with the table and the stream of the orders. */
type Shop = {
  readonly endpoint: RunningEndpoint;
  readonly client: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly table: string;
  readonly streamArn: string;
  readonly ordersUrl: string;
};

type Operation = (shop: Shop, round: number) => Promise<unknown>;

const operations: Readonly<Record<string, Operation>> = {
  PutItem: ({ client, table }, n) =>
    client.send(new PutItemCommand({ TableName: table, Item: { ...key(`put-${n}`, 'a'), text: { S: text } } })),
  UpdateItem: ({ client, table }, n) =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: key(`put-${n}`, 'a'),
        UpdateExpression: 'SET #n = :n',
        ExpressionAttributeNames: { '#n': 'n' },
        ExpressionAttributeValues: { ':n': { N: String(n) } },
      }),
    ),
  GetItem: ({ client, table }, n) => client.send(new GetItemCommand({ TableName: table, Key: key(`put-${n}`, 'a') })),
  'Query with a limit': ({ client, table }) =>
    client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'grown' } },
        Limit: 25,
      }),
    ),
  TransactWriteItems: ({ client, table }, n) =>
    client.send(
      new TransactWriteItemsCommand({
        TransactItems: ['b', 'c'].map((sk) => ({ Put: { TableName: table, Item: key(`put-${n}`, sk) } })),
      }),
    ),
  DeleteItem: ({ client, table }, n) =>
    client.send(new DeleteItemCommand({ TableName: table, Key: key(`put-${n}`, 'a') })),
  DescribeTable: ({ client, table }) => client.send(new DescribeTableCommand({ TableName: table })),
  DescribeStream: ({ streams, streamArn }) => streams.send(new DescribeStreamCommand({ StreamArn: streamArn })),
  'GetShardIterator and GetRecords': async ({ streams, streamArn, table }) => {
    const ShardId = `shardId-00000001-${table}`;
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn: streamArn, ShardId, ShardIteratorType: 'LATEST' }),
    );
    return streams.send(new GetRecordsCommand({ ShardIterator }));
  },
  'POST /orders': async ({ ordersUrl }) => {
    const body = JSON.stringify({ username: 'ada', amount: 19.99, numItems: 2 });
    const answer = await fetch(ordersUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (answer.status !== 201) throw new Error(`POST /orders answered ${answer.status}: ${await answer.text()}`);
    return answer.text();
  },
};

export const tableGrowth: Scenario = {
  name: 'table-growth',
  description: `operations on a table of ${records} items and stream records, against a fresh one, taken in turns`,
  async run() {
    const fresh = await openShop();
    const grown = await openShop();
    try {
      const before = familyMegabytes(grown.endpoint.pid);
      await fill(grown);
      await untilIdle(grown);
      const measurements: Measurement[] = [];
      for (const [name, operation] of Object.entries(operations)) {
        const [first, second] = await inTurns(operation, fresh, grown);
        measurements.push(
          { name: `${name}, fresh, p50`, value: first, unit: 'ms' },
          { name: `${name}, grown over fresh`, value: second / first, unit: '×', target: { atMost: 1.3 } },
        );
      }
      await untilIdle(grown);
      const after = familyMegabytes(grown.endpoint.pid);
      if (before !== undefined && after !== undefined) {
        measurements.push({ name: 'memory at rest, grown over fresh', value: after / before, unit: '×' });
      }
      const idle = await idleShare(grown);
      if (idle !== undefined) {
        measurements.push({
          name: 'processor at rest, share of a core',
          value: idle,
          unit: '',
          target: { atMost: 0.02 },
        });
      }
      return measurements;
    } finally {
      await Promise.all([fresh, grown].map(close));
    }
  },
};

async function openShop(): Promise<Shop> {
  const endpoint = await runEndpoint('--services', 'users,orders,notifications', ...unthrottled);
  const config = { endpoint: endpoint.url, region: 'us-east-1', credentials };
  const client = new DynamoDBClient(config);
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  const described = await Promise.all(
    TableNames.map((TableName) => client.send(new DescribeTableCommand({ TableName }))),
  );
  const { TableName: table = '', LatestStreamArn: streamArn } =
    described.find(({ Table }) => Table?.LatestStreamArn !== undefined)?.Table ?? {};
  if (streamArn === undefined) throw new Error('no table has a stream');
  const answer = await fetch(`${await endpoint.endpointOf('users')}/add_user`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ada', name: 'Ada', email: 'ada@example.com' }),
  });
  if (!answer.ok) throw new Error(`the user was refused with ${answer.status}`);
  const ordersUrl = `${await endpoint.endpointOf('orders')}/orders`;
  return { endpoint, client, streams: new DynamoDBStreamsClient(config), table, streamArn, ordersUrl };
}

async function fill({ client, table }: Shop): Promise<void> {
  let written = 0;
  const write = async (): Promise<void> => {
    while (written < records) {
      const first = written;
      written += 25;
      const puts = Array.from({ length: 25 }, (_, index) => ({
        PutRequest: { Item: { ...key('grown', String(first + index).padStart(9, '0')), text: { S: text } } },
      }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
    }
  };
  await Promise.all(Array.from({ length: 4 }, write));
}

/** Waits until the consumers of the stream have read what was written. */
async function untilIdle(shop: Shop): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const before = processorSeconds(shop.endpoint.pid);
    await sleep(2000);
    const after = processorSeconds(shop.endpoint.pid);
    if (before === undefined || after === undefined || after - before < 0.2) return;
  }
  throw new Error('the endpoint does not come to rest');
}

/** The median times on both, in milliseconds. What else the machine does slows both alike. */
async function inTurns(operation: Operation, ...shops: readonly [Shop, Shop]): Promise<readonly [number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, shop] of shops.entries()) {
      const began = performance.now();
      await operation(shop, round);
      times[index]?.push(performance.now() - began);
    }
  }
  return [median(times[0]), median(times[1])];
}

async function idleShare({ endpoint }: Shop): Promise<number | undefined> {
  const before = processorSeconds(endpoint.pid);
  await sleep(idleSeconds * 1000);
  const after = processorSeconds(endpoint.pid);
  return before === undefined || after === undefined ? undefined : (after - before) / idleSeconds;
}

async function close({ endpoint, client, streams }: Shop): Promise<void> {
  client.destroy();
  streams.destroy();
  await endpoint.stop();
}
