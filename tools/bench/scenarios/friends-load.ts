import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { BatchGetItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { message, startConsumers } from '../../../services/friends/src/consumers.fixture.ts';
import { median } from '../load.ts';
import { familyMegabytes } from '../memory.ts';
import type { Measurement, Scenario } from '../report.ts';
import { runEndpoint } from '../running-endpoint.ts';

const burst = 5000;
const players = 1000;
const rounds = 20;

export const friendsLoad: Scenario = {
  name: 'friends',
  description: 'the way from SendMessage to both rows, a burst of actions drained, and writes per action',
  async run() {
    const endpoint = await runEndpoint('--services', 'friends');
    const config = {
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    const clients = { sqs: new SQSClient(config), dynamoDb: new DynamoDBClient(config) };
    const cloudFormation = new CloudFormationClient(config);
    try {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'friends-local' }));
      const outputOf = (key: string) => Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
      const world = { ...clients, queueUrl: outputOf('ActionQueueUrl'), table: outputOf('FriendsTableName') ?? '' };

      await timeFriendships(world, 'warm', 3);
      const waits = await timeFriendships(world, 'idle', rounds);
      const { seconds, rows } = await drainBurst(world);
      const memory = familyMegabytes(endpoint.pid);
      const measurements: Measurement[] = [
        { name: 'SendMessage to both rows, idle, p50', value: median(waits), unit: 'ms', target: { atMost: 150 } },
        { name: 'rows of 5,000 requests of 1,000 players', value: rows, unit: '', target: { atLeast: 2 * burst } },
        { name: 'burst sent and drained', value: burst / seconds, unit: '1/s' },
        ...(await countWrites()),
      ];
      if (memory !== undefined) measurements.push({ name: 'memory after the burst', value: memory, unit: 'MB' });
      return measurements;
    } finally {
      for (const client of [clients.sqs, clients.dynamoDb, cloudFormation]) client.destroy();
      await endpoint.stop();
    }
  },
};

type World = {
  readonly sqs: SQSClient;
  readonly dynamoDb: DynamoDBClient;
  readonly queueUrl: string | undefined;
  readonly table: string;
};

const bodyOf = (player_id: string, friend_action: string, friend_id: string): string =>
  JSON.stringify({ player_id, friend_id, friend_action });

/** Takes pairs of players through a friendship, one action after the other, and times each until both rows show it. */
async function timeFriendships({ sqs, queueUrl, ...world }: World, name: string, count: number): Promise<number[]> {
  const waits: number[] = [];
  for (let round = 0; round < count; round++) {
    const [ann, bob] = [`${name}-ann-${round}`, `${name}-bob-${round}`];
    const steps = [
      [bodyOf(ann, 'Request', bob), ['Requested', 'Pending']],
      [bodyOf(bob, 'Accept', ann), ['Friends', 'Friends']],
      [bodyOf(ann, 'Unfriend', bob), []],
    ] as const;
    for (const [MessageBody, states] of steps) {
      const began = performance.now();
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
      while ((await statesOf(world, ann, bob)).join() !== states.join()) {
        if (performance.now() - began > 10_000) throw new Error(`${MessageBody} has not settled after 10 s`);
        await sleep(2);
      }
      waits.push(performance.now() - began);
    }
  }
  return waits;
}

async function statesOf({ dynamoDb, table }: Pick<World, 'dynamoDb' | 'table'>, ann: string, bob: string) {
  const key = (player: string, friend: string) => ({ player_id: { S: player }, friend_id: { S: friend } });
  const Keys = [key(ann, bob), key(bob, ann)];
  const { Responses } = await dynamoDb.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } }));
  const rows = Responses?.[table] ?? [];
  return [ann, bob].flatMap((player) => rows.find((row) => row.player_id?.S === player)?.state?.S ?? []);
}

/** Each of the players asks five others. */
async function drainBurst({ sqs, dynamoDb, queueUrl, table }: World): Promise<{ seconds: number; rows: number }> {
  const bodies = Array.from({ length: burst }, (_, index) => {
    const player = index % players;
    const friend = (player + 1 + Math.floor(index / players)) % players;
    return bodyOf(`burst-${player}`, 'Request', `burst-${friend}`);
  });
  const began = performance.now();
  const remaining = Array.from({ length: burst / 10 }, (_, batch) => bodies.slice(batch * 10, batch * 10 + 10));
  const sender = async (): Promise<void> => {
    for (let batch = remaining.pop(); batch !== undefined; batch = remaining.pop()) {
      const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  let rows = 0;
  for (const deadline = performance.now() + 300_000; rows < 2 * burst && performance.now() < deadline; ) {
    await sleep(200);
    rows = 0;
    for await (const page of paginateScan({ client: dynamoDb }, { TableName: table, Select: 'COUNT' })) {
      rows += page.Count ?? 0;
    }
  }
  return { seconds: (performance.now() - began) / 1000, rows };
}

/** Counts on the wire, with the functions in this process, what each action writes and how much of it is refused. */
async function countWrites(): Promise<Measurement[]> {
  const consumers = await startConsumers();
  const { ann, bob } = consumers.players();
  const actions = [
    { name: 'Request', sent: [message(ann, 'Request', bob)], atMost: 2 },
    { name: 'Reject', sent: [message(bob, 'Reject', ann)], atMost: 2 },
    { name: 'mutual Request', sent: [message(ann, 'Request', bob), message(bob, 'Request', ann)], atMost: 4 },
    { name: 'Unfriend', sent: [message(bob, 'Unfriend', ann)], atMost: 2 },
    { name: 'Request', sent: [message(bob, 'Request', ann)], atMost: 2 },
    { name: 'Accept', sent: [message(ann, 'Accept', bob)], atMost: 2 },
  ];
  const measurements: Measurement[] = [];
  let refused = 0;
  for (const { name, sent, atMost } of actions) {
    await consumers.process(...sent);
    const writes = consumers.writes();
    refused += writes.filter(({ isRefused }) => isRefused).length;
    measurements.push({ name: `writes for ${name}`, value: writes.length, unit: '', target: { atMost } });
  }
  await consumers.close();
  return [...measurements, { name: 'writes refused in all of these', value: refused, unit: '', target: { atMost: 0 } }];
}
