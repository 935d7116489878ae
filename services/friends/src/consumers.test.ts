import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import * as z from 'zod';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { message, startConsumers } from './consumers.fixture.ts';
import { friendMessage } from './domain/friendship.ts';
import { actionService } from './service.ts';

const consumers = await startConsumers();
afterAll(() => consumers.close());
const { consume, process, drainStream, players, writes } = consumers;
const { metrics, logger } = actionService;

describe('the action queue', () => {
  it('fails only the messages of a batch that cannot be parsed', async () => {
    const { ann, bob, states } = players();
    const bad = ['', '{', 'null', '{}', JSON.stringify({ player_id: ann, friend_id: bob, friend_action: 'Hug' })].map(
      (body) => ({ messageId: randomUUID(), body }),
    );
    const unknownField = {
      ...message(ann, 'Request', bob),
      body: `{"admin":true,${message(ann, 'Request', bob).body.slice(1)}`,
    };
    const good = message(ann, 'Request', bob);
    expect(await consume(...bad, unknownField, good)).toStrictEqual(
      [...bad, unknownField].map(({ messageId }) => messageId),
    );
    expect(await states()).toStrictEqual(['Requested', undefined]);
  });

  it('fails a request to oneself, which ends in the dead-letter queue', async () => {
    const { ann } = players();
    const self = message(ann, 'Request', ann);
    expect(await consume(self)).toStrictEqual([self.messageId]);
  });

  it('drops an action that is not applicable, with a log line, a metric and no retry', async () => {
    const { ann, bob, states } = players();
    const added = jest.spyOn(metrics, 'addMetric');
    const logged = jest.spyOn(logger, 'info');
    const actions = ['Accept', 'Reject', 'Unfriend'] as const;
    const sent = actions.map((action) => message(ann, action, bob));
    await process(...sent);
    expect(
      new Set(logged.mock.calls.flatMap(([text, fields]) => (text === 'Action dropped' ? [fields] : []))),
    ).toStrictEqual(
      new Set(
        sent.map(({ messageId }, index) => ({
          message_id: messageId,
          action: actions[index],
          reason: 'not-applicable',
        })),
      ),
    );
    expect(await states()).toStrictEqual([undefined, undefined]);
    expect(added.mock.calls.map(([name, , value]) => [name, value])).toStrictEqual(
      Array(3).fill(['ActionsDropped', 1]),
    );
  });

  it('applies a message once, however often it is delivered or redriven', async () => {
    const { ann, bob, states } = players();
    const request = message(ann, 'Request', bob);
    await process(request);
    await process(message(bob, 'Accept', ann));
    await process(message(ann, 'Unfriend', bob));
    const added = jest.spyOn(metrics, 'addMetric');
    await process(request);
    const redriven = { ...request, messageId: randomUUID(), attributes: { originalMessageId: request.messageId } };
    await process(redriven);
    expect(await states()).toStrictEqual([undefined, undefined]);
    expect(added).not.toHaveBeenCalled();
  });

  it('does not apply a copy of an action that it dropped', async () => {
    const { ann, bob, states } = players();
    const early = message(bob, 'Accept', ann);
    await process(early);
    await process(message(ann, 'Request', bob));
    await process(early);
    expect(await states()).toStrictEqual(['Requested', 'Pending']);
  });
});

describe('a friendship', () => {
  it('changes its states in as few writes as possible, and no write is refused', async () => {
    const { ann, bob, states } = players();
    const writesOf = async (...messages: Parameters<typeof process>) => {
      writes();
      await process(...messages);
      return writes().map(({ action, isRefused }) => (isRefused ? `${action} refused` : action));
    };
    const request = ['TransactWriteItems', 'TransactWriteItems'];

    expect(await writesOf(message(ann, 'Request', bob))).toStrictEqual(request);
    expect(await states()).toStrictEqual(['Requested', 'Pending']);
    expect(await writesOf(message(bob, 'Reject', ann))).toStrictEqual(['TransactWriteItems', 'DeleteItem']);
    expect(await states()).toStrictEqual([undefined, undefined]);

    await process(message(ann, 'Request', bob));
    expect(await writesOf(message(bob, 'Accept', ann))).toStrictEqual(['TransactWriteItems', 'UpdateItem']);
    expect(await states()).toStrictEqual(['Friends', 'Friends']);
    expect(await writesOf(message(ann, 'Unfriend', bob))).toStrictEqual(['TransactWriteItems', 'DeleteItem']);
    expect(await states()).toStrictEqual([undefined, undefined]);

    // The two requests, and one transaction that accepts both.
    expect(await writesOf(message(ann, 'Request', bob), message(bob, 'Request', ann))).toHaveLength(3);
    expect(await states()).toStrictEqual(['Friends', 'Friends']);
  });

  it('invokes each function for its own changes only, and once more for the deletion that an unfriending causes', async () => {
    const { ann, bob } = players();
    const invocations = async (sent: Parameters<typeof consume>[0]) => {
      await consume(sent);
      return drainStream();
    };
    expect(await invocations(message(ann, 'Request', bob))).toBe(1);
    expect(await invocations(message(bob, 'Reject', ann))).toBe(1);
    expect(await invocations(message(bob, 'Request', ann))).toBe(1);
    expect(await invocations(message(ann, 'Accept', bob))).toBe(1);
    expect(await invocations(message(bob, 'Unfriend', ann))).toBe(2);
  });

  it('reports a change that is not a row, and handles the others of its batch', async () => {
    const { ann, bob, states } = players();
    await consume(message(ann, 'Request', bob));
    const [record = {}] = await consumers.stream.read();
    const bad = {
      ...record,
      dynamodb: { ...record.dynamodb, SequenceNumber: '9', NewImage: { state: { S: 'Requested' } } },
    };
    const { batchItemFailures } = await consumers.handlers.requested({ Records: [record, bad] }, lambdaContext());
    expect(batchItemFailures).toStrictEqual([{ itemIdentifier: '9' }]);
    expect(await states()).toStrictEqual(['Requested', 'Pending']);
  });
});

describe('the fixtures', () => {
  const folder = 'test/fixtures/friends';
  const entries = z
    .array(z.strictObject({ Id: z.string(), MessageBody: z.string() }))
    .min(1)
    .max(10);
  for (const name of readdirSync(folder)) {
    it(`${name} is valid for send-message-batch and for the consumer`, async () => {
      for (const { MessageBody } of entries.parse(JSON.parse(await readFile(`${folder}/${name}`, 'utf8')))) {
        expect(friendMessage.safeParse(JSON.parse(MessageBody)).success).toBe(name !== 'self-request.json');
      }
    });
  }
});
