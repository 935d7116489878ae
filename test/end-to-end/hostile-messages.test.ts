import { randomUUID } from 'node:crypto';
import {
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { until, useEndpoint } from 'local-aws/testing';
import { serviceClient } from '#test/support/service-client.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { exerciseServices } from './exercise-services.ts';
import { deep, foreignFields, jsonValues } from './hostile-values.ts';
import { seed, some } from './sample.ts';

type Message = {
  readonly body: string;
  readonly attributes?: Record<string, MessageAttributeValue>;
  /** The id that it passes itself off for. */
  readonly knownAs?: string;
};

const aws = useEndpoint();

/** Messages that are put into the queues directly pass none of the checks of the APIs. */
describe(`hostile messages (FUZZ_SEED=${seed})`, () => {
  const sqs = () => aws.client(SQSClient);

  it('to the action queue of friends are done, dropped or in the dead-letter queue', async () => {
    const outputs = await stackOutputs('friends-local');
    const action = (player: string, friend: string, kind = '"Request"') =>
      `{"player_id":${player},"friend_id":${friend},"friend_action":${kind}}`;
    const sent = await sendAll(outputs.get('ActionQueueUrl'), [
      ...brokenBodies,
      ...some(jsonValues, 60).map((value) => ({ body: action(`"p-${randomUUID()}"`, value) })),
      ...some(jsonValues, 60).map((value) => ({ body: action('"ann"', '"bob"', value) })),
      ...some(foreignFields, 15).map((name) => ({
        body: `${action('"ann"', '"bob"').slice(0, -1)},${JSON.stringify(name)}:1}`,
      })),
      ...strangeRedrives.map((redrive) => ({ body: action('"ann"', `"f-${randomUUID()}"`), ...redrive })),
    ]);
    expect(sent.length).toBeGreaterThan(150);
    await untilEmpty(outputs.get('ActionQueueUrl'));
    const dead = await waitingIn(outputs.get('ActionDeadLetterQueueUrl'));
    expect(dead > 100 && dead < sent.length).toBe(true);
    expect(await waitingIn(outputs.get('FailedChangesQueueUrl'))).toBe(0);
    await sqs().send(new PurgeQueueCommand({ QueueUrl: outputs.get('ActionDeadLetterQueueUrl') }));
  });

  it('to the queue of users-async become users or failures that are reported and kept', async () => {
    const outputs = await stackOutputs('users-async-local');
    const user = (name: string, email = '"ada@example.com"') => `{"name":${name},"email":${email}}`;
    const archived = await waitingIn(outputs.get('UsersRedriveFromQueueUrl'));
    const sent = await sendAll(outputs.get('UsersQueueUrl'), [
      ...brokenBodies,
      ...some(jsonValues, 60).map((value) => ({ body: user(value) })),
      ...some(jsonValues, 60).map((value) => ({ body: user('"Ada"', value) })),
      ...some(foreignFields, 15).map((name) => ({ body: `${user('"Ada"').slice(0, -1)},${JSON.stringify(name)}:1}` })),
      ...strangeRedrives.map((redrive) => ({ body: user('""'), ...redrive })),
      { body: user('""').padEnd(65_536) },
    ]);
    expect(sent.length).toBeGreaterThan(150);
    await untilEmpty(outputs.get('UsersQueueUrl'), outputs.get('UsersDeadLetterQueueUrl'));
    const client = await serviceClient('users-async');
    const told = await Promise.all(
      sent.map(async (id) => {
        const { statusCode, body } = await client.send({ path: `/status/${id}` });
        expect(statusCode).toBe(200);
        return JSON.parse(body).status;
      }),
    );
    const failed = told.filter((status) => status === 'failed').length;
    expect(failed > 100 && failed < told.length).toBe(true);
    // Some twice, when time is advanced while they are being kept.
    expect((await waitingIn(outputs.get('UsersRedriveFromQueueUrl'))) - archived).toBeGreaterThanOrEqual(failed);
    await sqs().send(new PurgeQueueCommand({ QueueUrl: outputs.get('UsersRedriveFromQueueUrl') }));
  });

  it('leave every service at work', async () => {
    expect(await aws.errors()).toStrictEqual([]);
    await exerciseServices();
  });

  /** @returns the ids of the messages that SQS has taken: it refuses what XML has no characters for */
  async function sendAll(QueueUrl: string | undefined, messages: readonly Message[]): Promise<readonly string[]> {
    const results = await Promise.allSettled(
      messages.map(async ({ body, attributes, knownAs }) => {
        const command = new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes: attributes });
        const { MessageId = '' } = await sqs().send(command);
        return knownAs ?? MessageId;
      }),
    );
    return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  }

  async function countsOf(QueueUrl: string | undefined) {
    const { Attributes } = await sqs().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return {
      waiting: Number(Attributes?.ApproximateNumberOfMessages),
      taken: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
    };
  }

  /** How many messages wait in a queue, or are being worked on. */
  async function waitingIn(QueueUrl: string | undefined): Promise<number> {
    const { waiting, taken } = await countsOf(QueueUrl);
    return waiting + taken;
  }

  /** Lets what failed come again, without the wait, until nothing is left. */
  async function untilEmpty(...queues: readonly (string | undefined)[]): Promise<void> {
    let seen = '';
    let seenAt = 0;
    await until(
      'empty queues',
      async () => {
        const counts = await Promise.all(queues.map(countsOf));
        if (counts.every(({ waiting, taken }) => waiting + taken === 0)) return true;
        const isNew = JSON.stringify(counts) !== seen;
        if (isNew) [seen, seenAt] = [JSON.stringify(counts), Date.now()];
        // Not while it goes on by itself: what is being worked on would run out of its time.
        const isAtRest = Date.now() - seenAt > 300 && counts.every(({ waiting }) => waiting === 0);
        if (isAtRest) await aws.clock.advance(61_000);
        return undefined;
      },
      90_000,
    );
  }
});

const brokenBodies: readonly Message[] = [
  ...[' ', '{', 'null', '[]', '""', '0', 'true', '{}', '<xml/>', 'Action=SendMessage', '\ufeff{}', 'x'.repeat(60_000)],
  ...['{"Records":[]}', '{"Type":"Notification","Message":"{}"}', `${'{}'.repeat(1000)}`, ...deep],
].map((body) => ({ body }));

const text = (StringValue: string): MessageAttributeValue => ({ DataType: 'String', StringValue });

/** What only a redrive writes, by somebody else. */
const strangeRedrives: readonly Omit<Message, 'body'>[] = [
  ...['x', '"}', '__proto__', '"},"status":"completed', '../x', 'x'.repeat(3000), '🌱'].map((id) => ({
    attributes: { originalMessageId: text(id) },
  })),
  ...['x', '-1', '1e400', '99999999999999999999', 'NaN'].map((time) => ({
    attributes: { originalSentAt: text(time) },
  })),
  ...['x', '-1', '1e400'].map((time) => ({
    attributes: { originalMessageId: text(randomUUID()), originalSentAt: text(time) },
  })),
  ...[randomUUID()].map((id) => ({
    knownAs: id,
    attributes: { originalMessageId: text(id), originalSentAt: text('999999999999999') },
  })),
  { attributes: { originalMessageId: { DataType: 'Binary', BinaryValue: Buffer.from('x') } } },
  { attributes: { originalMessageId: { DataType: 'Number', StringValue: '1' } } },
];
