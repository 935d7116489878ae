import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { FriendRow, FriendState } from './friendship.ts';
import { pairs } from './pairs.ts';
import type { Settlement } from './settle.ts';

const engine = await startDynamoDbEngine();
after(() => engine[Symbol.asyncDispose]());
const connect = (): DynamoDBClient => {
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  after(() => client.destroy());
  return client;
};
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
      assert.equal(await bothRows.apply(own, settlement(read), new Date()), false);
      const now = await bothRows.find(own);
      assert.deepEqual(now, { own, counterpart });
    }
  }
});

test('a request is delivered neither over a row that was not there before nor from one that has changed', async () => {
  const first = await store({}, {});
  assert.equal(await bothRows.apply(first.own, { kind: 'deliver', over: undefined }, new Date()), false);
  for (const change of changes) {
    const { own } = await store(change, undefined);
    const { is_delivered: _, ...read } = { ...own, state: 'Requested', request_id: 'first' } as const;
    assert.equal(await bothRows.apply(read, { kind: 'deliver', over: undefined }, new Date()), false);
    assert.equal(stateOf((await bothRows.find(own)).counterpart), undefined);
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
    assert.equal(await bothRows.apply(own, settlement(counterpart), now), true);
    assert.equal((await bothRows.find(own)).counterpart?.last_updated, now.getTime());
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
  assert.partialDeepStrictEqual(requests, [{ [TableName]: { ConsistentRead: true } }]);
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
  await assert.rejects(pairs(busy, TableName).find(own), /busy/);
});

test('friends by mutual request share one request, so that either can end it', async () => {
  const { own, counterpart } = await store({}, { request_id: 'other' });
  assert.equal(await bothRows.apply(own, { kind: 'befriendBoth', counterpart }, new Date()), true);
  const now = await bothRows.find(own);
  assert.deepEqual([stateOf(now.own), stateOf(now.counterpart)], ['Friends', 'Friends']);
  assert.equal(now.own?.request_id, now.counterpart?.request_id);
});
