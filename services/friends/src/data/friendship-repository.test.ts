import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, test } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { written } from '#shared/dynamodb/write-result.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { FriendUpdate } from '../domain/friend-update.ts';
import type { FriendState, FriendshipRow } from '../domain/friendship.ts';
import { friendshipRepository } from './friendship-repository.ts';

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
const friendships = friendshipRepository(documents, TableName);

/** Stores the rows of two players that no other test uses. */
async function store(player: Partial<FriendshipRow>, friend: Partial<FriendshipRow> | undefined) {
  const [ann, bob] = [randomUUID(), randomUUID()];
  const base = { state: 'Requested', last_updated: 1, request_id: 'first' } satisfies Partial<FriendshipRow>;
  const rows = {
    playerRow: { ...base, ...player, player_id: ann, friend_id: bob },
    friendRow: { ...base, ...friend, player_id: bob, friend_id: ann },
  };
  await documents.send(new PutCommand({ TableName, Item: rows.playerRow }));
  if (friend) await documents.send(new PutCommand({ TableName, Item: rows.friendRow }));
  return rows;
}

/** Every kind of change that a row may have had since it was read. */
const changes: readonly Partial<FriendshipRow>[] = [
  { state: 'Pending' },
  { request_id: 'second' },
  { is_delivered: true },
];
const changed = { refused: 'changed' };
const stateOf = (row: FriendshipRow | undefined): FriendState | undefined => row?.state;

test('an update writes nothing if the rows have changed since they were read', async () => {
  const updates: readonly ((friendRow: FriendshipRow) => FriendUpdate)[] = [
    (replaces) => ({ kind: 'deliver', replaces }),
    (friendRow) => ({ kind: 'accept-both', friendRow }),
    (friendRow) => ({ kind: 'accept', friendRow }),
    (friendRow) => ({ kind: 'remove', friendRow }),
  ];
  for (const update of updates) {
    for (const change of changes) {
      const { playerRow, friendRow } = await store({}, change);
      const { is_delivered: _, ...read } = { ...friendRow, state: 'Requested', request_id: 'first' } as const;
      expect(await friendships.apply(playerRow, update(read), new Date())).toStrictEqual(changed);
      const now = await friendships.find(playerRow);
      expect(now).toStrictEqual({ playerRow, friendRow });
    }
  }
});

test('a request is not delivered if the friend has a row that was not read, or if its own row has changed', async () => {
  const first = await store({}, {});
  expect(await friendships.apply(first.playerRow, { kind: 'deliver', replaces: undefined }, new Date())).toStrictEqual(
    changed,
  );
  for (const change of changes) {
    const { playerRow } = await store(change, undefined);
    const { is_delivered: _, ...read } = { ...playerRow, state: 'Requested', request_id: 'first' } as const;
    expect(await friendships.apply(read, { kind: 'deliver', replaces: undefined }, new Date())).toStrictEqual(changed);
    expect(stateOf((await friendships.find(playerRow)).friendRow)).toBeUndefined();
  }
});

test("the friend's row has the time of the update", async () => {
  const now = new Date(1_767_225_600_000);
  const updates: readonly ((friendRow: FriendshipRow) => FriendUpdate)[] = [
    (replaces) => ({ kind: 'deliver', replaces }),
    (friendRow) => ({ kind: 'accept-both', friendRow }),
    (friendRow) => ({ kind: 'accept', friendRow }),
  ];
  for (const update of updates) {
    const { playerRow, friendRow } = await store({}, {});
    expect(await friendships.apply(playerRow, update(friendRow), now)).toStrictEqual(written);
    expect((await friendships.find(playerRow)).friendRow?.last_updated).toBe(now.getTime());
  }
});

test('both rows are read consistently', async () => {
  const { playerRow } = await store({}, {});
  const read = DynamoDBDocumentClient.from(connect());
  const requests: unknown[] = [];
  read.middlewareStack.add(
    (next) => (args) => {
      if ('RequestItems' in args.input) requests.push(args.input.RequestItems);
      return next(args);
    },
    { step: 'initialize' },
  );
  await friendshipRepository(read, TableName).find(playerRow);
  expect(requests).toMatchObject([{ [TableName]: { ConsistentRead: true } }]);
});

test('a row that a throttled batch omitted does not count as missing', async () => {
  const { playerRow } = await store({}, {});
  const busy = DynamoDBDocumentClient.from(connect());
  busy.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const Keys = [{ player_id: playerRow.friend_id, friend_id: playerRow.player_id }];
      const output = { Responses: { [TableName]: [playerRow] }, UnprocessedKeys: { [TableName]: { Keys } } };
      return { ...result, output: Object.assign(result.output, output) };
    },
    { step: 'initialize', priority: 'high' },
  );
  await expect(friendshipRepository(busy, TableName).find(playerRow)).rejects.toThrow(/busy/);
});

test('two requests at once become a friendship with one request id, so that either player can end it', async () => {
  const { playerRow, friendRow } = await store({}, { request_id: 'other' });
  expect(await friendships.apply(playerRow, { kind: 'accept-both', friendRow }, new Date())).toStrictEqual(written);
  const now = await friendships.find(playerRow);
  expect([stateOf(now.playerRow), stateOf(now.friendRow)]).toStrictEqual(['Friends', 'Friends']);
  expect(now.playerRow?.request_id).toBe(now.friendRow?.request_id);
});
