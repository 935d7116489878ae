import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from 'yaml';
import * as z from 'zod';
import { compileFilters } from '#local/filter-pattern/compile-filters.ts';
import { recordCalls } from '#test/support/call-recorder.ts';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { useFunctionEnv } from '#test/support/function-env.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { sqsEvent } from '#test/support/sqs-event.ts';
import { streamReader } from '#test/support/stream-reader.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { type FriendAction, friendMessage } from './friendship.ts';

const engine = await startDynamoDbEngine();
const recorder = await recordCalls(engine.endpoint);
after(() => Promise.all([engine[Symbol.asyncDispose](), recorder[Symbol.asyncDispose]()]));
const file = 'services/friends/table.yml';
const table = await createTemplateTable(engine.endpoint, file, 'FriendsTable');
useFunctionEnv(recorder.endpoint, {
  FRIENDS_TABLE: table,
  MESSAGES_TABLE: await createTemplateTable(engine.endpoint, file, 'FriendMessagesTable'),
});
const stream = await streamReader(engine.endpoint, table);
after(() => stream.close());
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const client = new DynamoDBClient({ endpoint: engine.endpoint, region: 'us-east-1', credentials });
after(() => client.destroy());
const documents = DynamoDBDocumentClient.from(client);

const { handler: act } = await import('./handlers/act.ts');
const handlers = {
  requested: (await import('./handlers/deliver-request.ts')).handler,
  accepted: (await import('./handlers/befriend-requester.ts')).handler,
  rejected: (await import('./handlers/remove-rejected.ts')).handler,
  unfriended: (await import('./handlers/remove-unfriended.ts')).handler,
};
const { metrics } = (await import('./front-service.ts')).service;

/** The functions behind the filters that they are deployed with. */
const patterns = z
  .record(z.string(), z.array(z.unknown()))
  .parse(parse(await readFile('services/friends/stream-filters.yml', 'utf8')));
const consumers = Object.entries(handlers).map(([kind, handler]) => ({
  handler,
  matches: compileFilters((patterns[kind] ?? []).map((pattern) => JSON.stringify(pattern))),
}));

/** Invokes the functions for what the stream has, and for what they write, until it is quiet. */
async function drainStream(): Promise<number> {
  let invocations = 0;
  for (let records = await stream.read(); records.length > 0; records = await stream.read()) {
    for (const { handler, matches } of consumers) {
      const Records = records.filter((record) => matches(JSON.parse(JSON.stringify(record))));
      if (Records.length === 0) continue;
      invocations += 1;
      assert.deepEqual(await handler({ Records }, lambdaContext()), { batchItemFailures: [] });
    }
  }
  return invocations;
}

const message = (player_id: string, friend_action: FriendAction, friend_id: string) => ({
  messageId: randomUUID(),
  body: JSON.stringify({ player_id, friend_id, friend_action }),
});
const failuresOf = async (...messages: Parameters<typeof sqsEvent>) =>
  (await act(sqsEvent(...messages), lambdaContext())).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

/** Two players nobody else has, with what they see of each other. */
function players() {
  const [ann, bob] = [`ann-${randomUUID()}`, `bob-${randomUUID()}`];
  const stateOf = async (player_id: string, friend_id: string): Promise<unknown> =>
    (await documents.send(new GetCommand({ TableName: table, Key: { player_id, friend_id } }))).Item?.state;
  return {
    ann,
    bob,
    states: async () => [await stateOf(ann, bob), await stateOf(bob, ann)],
    async settled(...messages: Parameters<typeof sqsEvent>) {
      assert.deepEqual(await failuresOf(...messages), []);
      await drainStream();
    },
  };
}

describe('the front queue', () => {
  it('fails only the messages of a batch that nobody can read', async () => {
    const { ann, bob, states } = players();
    const bad = ['', '{', 'null', '{}', JSON.stringify({ player_id: ann, friend_id: bob, friend_action: 'Hug' })].map(
      (body) => ({ messageId: randomUUID(), body }),
    );
    const unknownField = {
      ...message(ann, 'Request', bob),
      body: `{"admin":true,${message(ann, 'Request', bob).body.slice(1)}`,
    };
    const good = message(ann, 'Request', bob);
    assert.deepEqual(
      await failuresOf(...bad, unknownField, good),
      [...bad, unknownField].map(({ messageId }) => messageId),
    );
    assert.deepEqual(await states(), ['Requested', undefined]);
  });

  it('leaves a request of oneself to the dead-letter queue', async () => {
    const { ann } = players();
    const self = message(ann, 'Request', ann);
    assert.deepEqual(await failuresOf(self), [self.messageId]);
  });

  it('drops what does not fit the state, with a metric and without a retry', async (t) => {
    const { ann, bob, states, settled } = players();
    const added = t.mock.method(metrics, 'addMetric');
    await settled(message(ann, 'Accept', bob), message(ann, 'Reject', bob), message(ann, 'Unfriend', bob));
    assert.deepEqual(await states(), [undefined, undefined]);
    assert.deepEqual(
      added.mock.calls.map(({ arguments: [name, , value] }) => [name, value]),
      Array(3).fill(['ActionsDropped', 1]),
    );
  });

  it('takes a message that is delivered again for the one that it was', async (t) => {
    const { ann, bob, states, settled } = players();
    const request = message(ann, 'Request', bob);
    await settled(request);
    await settled(message(bob, 'Accept', ann));
    await settled(message(ann, 'Unfriend', bob));
    const added = t.mock.method(metrics, 'addMetric');
    await settled(request);
    const redriven = { ...request, messageId: randomUUID(), attributes: { originalMessageId: request.messageId } };
    await settled(redriven);
    assert.deepEqual(await states(), [undefined, undefined]);
    assert.equal(added.mock.callCount(), 0);
  });

  it('does not come back to an action that it dropped', async () => {
    const { ann, bob, states, settled } = players();
    const early = message(bob, 'Accept', ann);
    await settled(early);
    await settled(message(ann, 'Request', bob));
    await settled(early);
    assert.deepEqual(await states(), ['Requested', 'Pending']);
  });
});

describe('a friendship', () => {
  it('goes through its states in as few calls as it takes, and none is refused', async () => {
    const { ann, bob, states, settled } = players();
    const writes = async (...messages: Parameters<typeof sqsEvent>) => {
      recorder.take();
      await settled(...messages);
      const calls = recorder.take();
      assert.deepEqual(
        calls.filter(({ isRefused }) => isRefused),
        [],
      );
      return calls.filter(({ action }) => action !== 'BatchGetItem').map(({ action }) => action);
    };
    const request = ['TransactWriteItems', 'TransactWriteItems'];

    assert.deepEqual(await writes(message(ann, 'Request', bob)), request);
    assert.deepEqual(await states(), ['Requested', 'Pending']);
    assert.deepEqual(await writes(message(bob, 'Reject', ann)), ['TransactWriteItems', 'DeleteItem']);
    assert.deepEqual(await states(), [undefined, undefined]);

    await settled(message(ann, 'Request', bob));
    assert.deepEqual(await writes(message(bob, 'Accept', ann)), ['TransactWriteItems', 'UpdateItem']);
    assert.deepEqual(await states(), ['Friends', 'Friends']);
    assert.deepEqual(await writes(message(ann, 'Unfriend', bob)), ['TransactWriteItems', 'DeleteItem']);
    assert.deepEqual(await states(), [undefined, undefined]);

    // The two requests, and one transaction in which the one function that comes first makes friends of both.
    assert.equal((await writes(message(ann, 'Request', bob), message(bob, 'Request', ann))).length, 3);
    assert.deepEqual(await states(), ['Friends', 'Friends']);
  });

  it('invokes each function for its own change only, and for the echo of an unfriending', async () => {
    const { ann, bob } = players();
    const invocations = async (sent: Parameters<typeof sqsEvent>[0]) => {
      await failuresOf(sent);
      return drainStream();
    };
    assert.equal(await invocations(message(ann, 'Request', bob)), 1);
    assert.equal(await invocations(message(bob, 'Reject', ann)), 1);
    assert.equal(await invocations(message(bob, 'Request', ann)), 1);
    assert.equal(await invocations(message(ann, 'Accept', bob)), 1);
    assert.equal(await invocations(message(bob, 'Unfriend', ann)), 2);
  });

  it('reports a change that is no row, and handles the others of its batch', async () => {
    const { ann, bob, states } = players();
    await failuresOf(message(ann, 'Request', bob));
    const [record = {}] = await stream.read();
    const bad = {
      ...record,
      dynamodb: { ...record.dynamodb, SequenceNumber: '9', NewImage: { state: { S: 'Requested' } } },
    };
    const { batchItemFailures } = await handlers.requested({ Records: [record, bad] }, lambdaContext());
    assert.deepEqual(batchItemFailures, [{ itemIdentifier: '9' }]);
    assert.deepEqual(await states(), ['Requested', 'Pending']);
  });
});

describe('the fixtures', async () => {
  const folder = 'test/fixtures/friends';
  const entries = z
    .array(z.strictObject({ Id: z.string(), MessageBody: z.string() }))
    .min(1)
    .max(10);
  for (const name of await readdir(folder)) {
    it(`${name} is what send-message-batch takes and the queue can read`, async () => {
      for (const { MessageBody } of entries.parse(JSON.parse(await readFile(`${folder}/${name}`, 'utf8')))) {
        assert.equal(friendMessage.safeParse(JSON.parse(MessageBody)).success, name !== 'self-request.json');
      }
    });
  }
});
