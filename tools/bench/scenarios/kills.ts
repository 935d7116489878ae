import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { clientsOf, createWays, missingOf, sendUntil } from '#test/support/acknowledged-load.ts';
import type { Measurement, Scenario } from '../report.ts';
import { type RunningEndpoint, runEndpoint, unthrottled } from '../running-endpoint.ts';

const kills = 20;
/** Longer than the visibility timeouts of the services: what was in flight at a kill comes back after that. */
const patienceMs = 150_000;

export const killsUnderLoad: Scenario = {
  name: 'kills',
  description: `what is lost of what was acknowledged before each of ${kills} kills under load`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'bench-kills-'));
    const start = (...args: readonly string[]) => runEndpoint('--persist', folder, ...args);
    let endpoint = await start('--services', 'users-async,friends,users,orders,notifications', ...unthrottled);
    try {
      const sent = { users: new Set<string>(), friends: new Set<string>(), orders: new Set<string>() };
      const ways = new Set<string>();
      await prepare(endpoint);
      for (let kill = 0; kill < kills; kill += 1) {
        const stop = new AbortController();
        const world = await openWorld(endpoint);
        const clients = clientsOf(endpoint.url);
        const sending = [
          sendUntil(stop.signal, clients, ways),
          repeat(stop.signal, sent.users, () => acceptUser(world)),
          repeat(stop.signal, sent.users, () => acceptUser(world)),
          repeat(stop.signal, sent.friends, () => askForFriendship(world)),
          repeat(stop.signal, sent.orders, () => placeOrder(world)),
        ];
        await untilAllGrow([ways, ...Object.values(sent)]);
        await sleep(Math.random() * 2000);
        await endpoint.kill();
        stop.abort();
        await Promise.all(sending);
        clients.close();
        world.close();
        endpoint = await start('--no-deploy');
      }
      return await countLost(endpoint, sent, ways);
    } finally {
      await endpoint.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Waits, for half a minute at most, until something more of each kind has been acknowledged: functions start cold. */
async function untilAllGrow(sets: readonly ReadonlySet<string>[]): Promise<void> {
  const before = sets.map(({ size }) => size);
  const began = performance.now();
  while (sets.some(({ size }, index) => size === before[index]) && performance.now() - began < 30_000) await sleep(5);
}

type World = Awaited<ReturnType<typeof openWorld>>;
type Sent = Readonly<Record<'users' | 'friends' | 'orders', ReadonlySet<string>>>;

async function openWorld(endpoint: RunningEndpoint) {
  const config = {
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const [sqs, dynamoDb] = [new SQSClient(config), new DynamoDBClient(config)];
  const cloudFormation = new CloudFormationClient(config);
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  cloudFormation.destroy();
  const outputOf = (stack: string, key: string): string =>
    Stacks.find(({ StackName }) => StackName === `${stack}-local`)?.Outputs?.find(({ OutputKey }) => OutputKey === key)
      ?.OutputValue ?? '';
  return {
    sqs,
    dynamoDb,
    usersUrl: `${await endpoint.endpointOf('users-async')}/users`,
    usersTable: outputOf('users-async', 'UsersTableName'),
    ordersUrl: `${await endpoint.endpointOf('orders')}/orders`,
    friendsQueue: outputOf('friends', 'ActionQueueUrl'),
    friendsTable: outputOf('friends', 'FriendsTableName'),
    outbox: outputOf('notifications', 'OutboxQueueUrl'),
    close() {
      sqs.destroy();
      dynamoDb.destroy();
    },
  };
}

async function prepare(endpoint: RunningEndpoint): Promise<void> {
  const clients = clientsOf(endpoint.url);
  await createWays(clients);
  clients.close();
  await post(`${await endpoint.endpointOf('users')}/add_user`, {
    username: 'ada',
    name: 'Ada',
    email: 'ada@example.com',
  });
}

/** Takes down what each call yields, until one fails because the endpoint is gone. */
async function repeat(signal: AbortSignal, acknowledged: Set<string>, call: () => Promise<string>): Promise<void> {
  while (!signal.aborted) {
    try {
      acknowledged.add(await call());
    } catch {
      return;
    }
  }
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${await response.text()}`);
  return response.json();
}

const acceptedSchema = z.object({ messageId: z.string() });
const orderSchema = z.object({ data: z.object({ OrderId: z.string() }) });

async function acceptUser({ usersUrl }: World): Promise<string> {
  const { messageId } = acceptedSchema.parse(await post(usersUrl, { name: 'Ada', email: 'ada@example.com' }));
  return messageId;
}

async function askForFriendship({ sqs, friendsQueue }: World): Promise<string> {
  const player_id = randomUUID();
  const MessageBody = JSON.stringify({ player_id, friend_id: randomUUID(), friend_action: 'Request' });
  await sqs.send(new SendMessageCommand({ QueueUrl: friendsQueue, MessageBody }));
  return player_id;
}

async function placeOrder({ ordersUrl }: World): Promise<string> {
  const { data } = orderSchema.parse(await post(ordersUrl, { username: 'ada', amount: 1, numItems: 1 }));
  return data.OrderId;
}

async function countLost(endpoint: RunningEndpoint, sent: Sent, ways: ReadonlySet<string>): Promise<Measurement[]> {
  const world = await openWorld(endpoint);
  const clients = clientsOf(endpoint.url);
  const lost = (what: string, missing: number, of: ReadonlySet<string>): Measurement => ({
    name: `lost ${what}, of ${of.size} acknowledged`,
    value: missing,
    unit: '',
    target: { atMost: 0 },
  });
  try {
    const arrived = await missingOf(clients, ways, 20_000);
    const users = await missingIn(world, world.usersTable, 'messageId', sent.users);
    const friends = await missingIn(world, world.friendsTable, 'player_id', sent.friends);
    const orders = await missingNotifications(world, sent.orders);
    return [
      lost('users of users-async', users, sent.users),
      lost('friend requests', friends, sent.friends),
      lost('notifications of orders', orders, sent.orders),
      lost('messages of pipe, topic and function', arrived.missing.length, ways),
      { name: 'of these received again', value: arrived.received - ways.size, unit: '' },
    ];
  } finally {
    world.close();
    clients.close();
  }
}

/** How many of `wanted` no item of the table has as this attribute, once nothing more comes. */
async function missingIn(
  { dynamoDb }: World,
  TableName: string,
  attribute: string,
  wanted: ReadonlySet<string>,
): Promise<number> {
  for (const began = performance.now(); ; await sleep(1000)) {
    const missing = new Set(wanted);
    for await (const { Items = [] } of paginateScan({ client: dynamoDb }, { TableName })) {
      for (const item of Items) missing.delete(item[attribute]?.S ?? '');
    }
    if (missing.size === 0 || performance.now() - began > patienceMs) return missing.size;
  }
}

async function missingNotifications({ sqs, outbox }: World, wanted: ReadonlySet<string>): Promise<number> {
  const missing = new Set(wanted);
  const began = performance.now();
  while (missing.size > 0 && performance.now() - began < patienceMs) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: outbox, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) continue;
    for (const id of missing) if (Messages.some(({ Body = '' }) => Body.includes(id))) missing.delete(id);
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: outbox, Entries }));
  }
  return missing.size;
}
