import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, test } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { FriendRow, FriendState } from './friendship.ts';
import { pairs } from './pairs.ts';
import type { Settlement } from './settle.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const clients: DynamoDBClient[] = [];
const connect = (): DynamoDBClient => {
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  clients.push(client);
  return client;
};
afterAll(() => {
  for (const client of clients) client.destroy();
});
const documents = DynamoDBDocumentClient.from(connect(), { marshallOptions: { removeUndefinedValues: true } });
const TableName = await createTemplateTable(engine.endpoint, 'services/friends/table.yml', 'FriendsTable');
const bothRows = pairs(documents, TableName);

/** Rows of two players that no other test has. */
async function store(own: Partial<FriendRow>, counterpart: Partial<FriendRow> | undefined) {
  const [ann, bob] = [randomUUID(), randomUUID()];
  const base = { state: 'Requested', last_updated: 1, request_id: 'first' } satisfies Partial<FriendRow>;
  const rows = {
    own: { ...base, ...own, player_id: ann, friend_id: bob },
    counterpart: { ...base, ...counterpart, player_id: bob, friend_id: ann },
  };
  await documents.send(new PutCommand({ TableName, Item: rows.own }));
  if (counterpart) await documents.send(new PutCommand({ TableName, Item: rows.counterpart }));
  return rows;
}

/** Everything that may have become of a row since it was read. */
const changes: readonly Partial<FriendRow>[] = [{ state: 'Pending' }, { request_id: 'second' }, { is_delivered: true }];
const stateOf = (row: FriendRow | undefined): FriendState | undefined => row?.state;

test('a write that is settled on rows that have changed since writes nothing', async () => {
  const settlements: readonly ((counterpart: FriendRow) => Settlement)[] = [
    (over) => ({ kind: 'deliver', over }),
    (counterpart) => ({ kind: 'befriendBoth', counterpart }),
    (counterpart) => ({ kind: 'befriend', counterpart }),
    (counterpart) => ({ kind: 'remove', counterpart }),
  ];
  for (const settlement of settlements) {
    for (const change of changes) {
      const { own, counterpart } = await store({}, change);
      const { is_delivered: _, ...read } = { ...counterpart, state: 'Requested', request_id: 'first' } as const;
      expect(await bothRows.apply(own, settlement(read), new Date())).toBe(false);
      const now = await bothRows.find(own);
      expect(now).toStrictEqual({ own, counterpart });
    }
  }
});

test('a request is delivered neither over a row that was not there before nor from one that has changed', async () => {
  const first = await store({}, {});
  expect(await bothRows.apply(first.own, { kind: 'deliver', over: undefined }, new Date())).toBe(false);
  for (const change of changes) {
    const { own } = await store(change, undefined);
    const { is_delivered: _, ...read } = { ...own, state: 'Requested', request_id: 'first' } as const;
    expect(await bothRows.apply(read, { kind: 'deliver', over: undefined }, new Date())).toBe(false);
    expect(stateOf((await bothRows.find(own)).counterpart)).toBeUndefined();
  }
});

test('both rows tell when they changed', async () => {
  const now = new Date(1_767_225_600_000);
  const settlements: readonly ((counterpart: FriendRow) => Settlement)[] = [
    (over) => ({ kind: 'deliver', over }),
    (counterpart) => ({ kind: 'befriendBoth', counterpart }),
    (counterpart) => ({ kind: 'befriend', counterpart }),
  ];
  for (const settlement of settlements) {
    const { own, counterpart } = await store({}, {});
    expect(await bothRows.apply(own, settlement(counterpart), now)).toBe(true);
    expect((await bothRows.find(own)).counterpart?.last_updated).toBe(now.getTime());
  }
});

test('both rows are read as they are, not as they were a moment ago', async () => {
  const { own } = await store({}, {});
  const read = DynamoDBDocumentClient.from(connect());
  const requests: unknown[] = [];
  read.middlewareStack.add(
    (next) => (args) => {
      if ('RequestItems' in args.input) requests.push(args.input.RequestItems);
      return next(args);
    },
    { step: 'initialize' },
  );
  await pairs(read, TableName).find(own);
  expect(requests).toMatchObject([{ [TableName]: { ConsistentRead: true } }]);
});

test('a row that a busy table left out is not taken for one that is not there', async () => {
  const { own } = await store({}, {});
  const busy = DynamoDBDocumentClient.from(connect());
  busy.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const Keys = [{ player_id: own.friend_id, friend_id: own.player_id }];
      const output = { Responses: { [TableName]: [own] }, UnprocessedKeys: { [TableName]: { Keys } } };
      return { ...result, output: Object.assign(result.output, output) };
    },
    { step: 'initialize', priority: 'high' },
  );
  await expect(pairs(busy, TableName).find(own)).rejects.toThrow(/busy/);
});

test('friends by mutual request share one request, so that either can end it', async () => {
  const { own, counterpart } = await store({}, { request_id: 'other' });
  expect(await bothRows.apply(own, { kind: 'befriendBoth', counterpart }, new Date())).toBe(true);
  const now = await bothRows.find(own);
  expect([stateOf(now.own), stateOf(now.counterpart)]).toStrictEqual(['Friends', 'Friends']);
  expect(now.own?.request_id).toBe(now.counterpart?.request_id);
});
