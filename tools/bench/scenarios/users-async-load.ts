import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { load, median } from '../load.ts';
import { familyMegabytes } from '../memory.ts';
import type { Measurement, Scenario } from '../report.ts';
import { runEndpoint, unthrottled } from '../running-endpoint.ts';

const burst = 10_000;
const json = { 'content-type': 'application/json' };

export const usersAsyncLoad: Scenario = {
  name: 'users-async',
  description: 'accepting users into the queue, the way from 202 to completed, and a burst drained',
  async run() {
    const endpoint = await runEndpoint('--services', 'users-async', ...unthrottled);
    const config = {
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    const dynamoDb = new DynamoDBClient(config);
    const cloudFormation = new CloudFormationClient(config);
    try {
      const users = `${await endpoint.endpointOf('users-async')}/users`;
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'users-async-local' }));
      const table = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'UsersTableName')?.OutputValue;
      const post = (index: number) => ({
        method: 'POST',
        url: users,
        headers: json,
        body: JSON.stringify({ name: `User ${index}`, email: `user${index}@example.com` }),
      });

      await load({ connections: 8, requests: 500, expect: 202, next: post });
      await countUntil(dynamoDb, table, 500);
      const waits: number[] = [];
      for (let index = 0; index < 30; index++) waits.push(await timeToCompleted(users));
      const single = await load({ connections: 1, requests: 500, expect: 202, next: post });
      const before = await countUntil(dynamoDb, table, 500 + 30 + 500);

      const began = performance.now();
      const many = await load({ connections: 32, requests: burst, expect: 202, next: post });
      const created = (await countUntil(dynamoDb, table, before + burst)) - before;
      const drained = (performance.now() - began) / 1000;
      const memory = familyMegabytes(endpoint.pid);
      const measurements: Measurement[] = [
        { name: 'POST /users, one connection, p50', value: single.p50, unit: 'ms', target: { atMost: 4 } },
        { name: 'POST /users, 32 connections', value: many.perSecond, unit: '1/s', target: { atLeast: 800 } },
        { name: 'from 202 to completed, idle, p50', value: median(waits), unit: 'ms', target: { atMost: 100 } },
        { name: 'users of a burst of 10,000', value: created, unit: '', target: { atLeast: burst } },
        { name: 'burst posted and drained', value: drained, unit: 's' },
      ];
      if (memory !== undefined) measurements.push({ name: 'memory after the burst', value: memory, unit: 'MB' });
      return measurements;
    } finally {
      dynamoDb.destroy();
      cloudFormation.destroy();
      await endpoint.stop();
    }
  },
};

async function timeToCompleted(users: string): Promise<number> {
  const began = performance.now();
  const accepted = await fetch(users, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name: randomUUID(), email: 'user@example.com' }),
  });
  const status = new URL(accepted.headers.get('location') ?? '', users);
  for (;;) {
    const answer = await fetch(status);
    await answer.text();
    if (answer.status === 200) return performance.now() - began;
    if (performance.now() - began > 10_000) throw new Error('the user is not there after 10 s');
    await sleep(2);
  }
}

/** Waits for at least `wanted` items and gives how many there are once the number stands still. */
async function countUntil(client: DynamoDBClient, table: string | undefined, wanted: number): Promise<number> {
  let previous = -1;
  for (const began = performance.now(); performance.now() - began < 120_000; await sleep(200)) {
    const count = await countItems(client, table);
    if (count >= wanted && count === previous) return count;
    previous = count;
  }
  return previous;
}

async function countItems(client: DynamoDBClient, TableName: string | undefined): Promise<number> {
  let count = 0;
  for await (const page of paginateScan({ client }, { TableName, Select: 'COUNT' })) count += page.Count ?? 0;
  return count;
}
