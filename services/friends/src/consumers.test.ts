import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import * as z from 'zod';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { message, startConsumers } from './consumers.fixture.ts';
import { friendMessage } from './friendship.ts';

const consumers = await startConsumers();
after(() => consumers.close());
const { take, settle, drainStream, players, writes } = consumers;
const { metrics, logger } = (await import('./front-service.ts')).service;

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
      await take(...bad, unknownField, good),
      [...bad, unknownField].map(({ messageId }) => messageId),
    );
    assert.deepEqual(await states(), ['Requested', undefined]);
  });

  it('leaves a request of oneself to the dead-letter queue', async () => {
    const { ann } = players();
    const self = message(ann, 'Request', ann);
    assert.deepEqual(await take(self), [self.messageId]);
  });

  it('drops what does not fit the state, with a log line, a metric and no retry', async (t) => {
    const { ann, bob, states } = players();
    const added = t.mock.method(metrics, 'addMetric');
    const told = t.mock.method(logger, 'info');
    const actions = ['Accept', 'Reject', 'Unfriend'] as const;
    const sent = actions.map((action) => message(ann, action, bob));
    await settle(...sent);
    assert.deepEqual(
      new Set(told.mock.calls.flatMap(({ arguments: [text, fields] }) => (text === 'Action dropped' ? [fields] : []))),
      new Set(
        sent.map(({ messageId }, index) => ({ message_id: messageId, action: actions[index], outcome: 'misfit' })),
      ),
    );
    assert.deepEqual(await states(), [undefined, undefined]);
    assert.deepEqual(
      added.mock.calls.map(({ arguments: [name, , value] }) => [name, value]),
      Array(3).fill(['ActionsDropped', 1]),
    );
  });

  it('takes a message that is delivered again for the one that it was', async (t) => {
    const { ann, bob, states } = players();
    const request = message(ann, 'Request', bob);
    await settle(request);
    await settle(message(bob, 'Accept', ann));
    await settle(message(ann, 'Unfriend', bob));
    const added = t.mock.method(metrics, 'addMetric');
    await settle(request);
    const redriven = { ...request, messageId: randomUUID(), attributes: { originalMessageId: request.messageId } };
    await settle(redriven);
    assert.deepEqual(await states(), [undefined, undefined]);
    assert.equal(added.mock.callCount(), 0);
  });

  it('does not come back to an action that it dropped', async () => {
    const { ann, bob, states } = players();
    const early = message(bob, 'Accept', ann);
    await settle(early);
    await settle(message(ann, 'Request', bob));
    await settle(early);
    assert.deepEqual(await states(), ['Requested', 'Pending']);
  });
});

describe('a friendship', () => {
  it('goes through its states in as few calls as it takes, and none is refused', async () => {
    const { ann, bob, states } = players();
    const writesOf = async (...messages: Parameters<typeof settle>) => {
      writes();
      await settle(...messages);
      return writes().map(({ action, isRefused }) => (isRefused ? `${action} refused` : action));
    };
    const request = ['TransactWriteItems', 'TransactWriteItems'];

    assert.deepEqual(await writesOf(message(ann, 'Request', bob)), request);
    assert.deepEqual(await states(), ['Requested', 'Pending']);
    assert.deepEqual(await writesOf(message(bob, 'Reject', ann)), ['TransactWriteItems', 'DeleteItem']);
    assert.deepEqual(await states(), [undefined, undefined]);

    await settle(message(ann, 'Request', bob));
    assert.deepEqual(await writesOf(message(bob, 'Accept', ann)), ['TransactWriteItems', 'UpdateItem']);
    assert.deepEqual(await states(), ['Friends', 'Friends']);
    assert.deepEqual(await writesOf(message(ann, 'Unfriend', bob)), ['TransactWriteItems', 'DeleteItem']);
    assert.deepEqual(await states(), [undefined, undefined]);

    // The two requests, and one transaction that makes friends of both.
    assert.equal((await writesOf(message(ann, 'Request', bob), message(bob, 'Request', ann))).length, 3);
    assert.deepEqual(await states(), ['Friends', 'Friends']);
  });

  it('invokes each function for its own change only, and for the echo of an unfriending', async () => {
    const { ann, bob } = players();
    const invocations = async (sent: Parameters<typeof take>[0]) => {
      await take(sent);
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
    await take(message(ann, 'Request', bob));
    const [record = {}] = await consumers.stream.read();
    const bad = {
      ...record,
      dynamodb: { ...record.dynamodb, SequenceNumber: '9', NewImage: { state: { S: 'Requested' } } },
    };
    const { batchItemFailures } = await consumers.handlers.requested({ Records: [record, bad] }, lambdaContext());
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
