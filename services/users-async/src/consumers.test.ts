import { randomUUID } from 'node:crypto';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { createDocumentClient, createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { createQueueClient } from '#shared/sqs/queue-client.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { recordCalls } from '#test/support/call-recorder.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { startQueueEngine } from '#test/support/queue-engine.ts';
import { sqsEvent } from '#test/support/sqs-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { archiveQueue } from './data/archive-queue.ts';
import { userRepository } from './data/user-repository.ts';
import { userIdOf } from './domain/user-id.ts';
import { handler as createUserFunction } from './handlers/create-user.ts';
import { handler as recordFailureFunction } from './handlers/record-failure.ts';
import { failureService, service } from './service.ts';

const engine = await startDynamoDbEngine();
const queues = await startQueueEngine();
const recorder = await recordCalls(engine.endpoint);
afterAll(() => Promise.all([recorder, queues, engine].map((running) => running[Symbol.asyncDispose]())));
const tableName = await createTemplateTable(engine.endpoint, 'services/users-async/table.yml', 'UsersTable');
const archiveUrl = await queues.createQueue('archive');
const recorded = createDynamoDbClient(awsConfig(recorder.endpoint));
const table = createDocumentClient(createDynamoDbClient(awsConfig(engine.endpoint)));
const sqs = createQueueClient(awsConfig(queues.endpoint));
afterAll(() => {
  recorded.destroy();
  table.destroy();
  sqs.destroy();
});
const users = userRepository(createDocumentClient(recorded), tableName);
const createUser = createUserFunction.with({ users });
const recordFailure = recordFailureFunction.with({ users, archive: archiveQueue(sqs, archiveUrl) });
const { metrics } = service;

const ada = JSON.stringify({ name: 'Ada Lovelace', email: 'ada@example.com' });
const create = (...messages: Parameters<typeof sqsEvent>) => createUser(sqsEvent(...messages), lambdaContext());
const fail = (...messages: Parameters<typeof sqsEvent>) => recordFailure(sqsEvent(...messages), lambdaContext());
const failuresOf = ({ batchItemFailures }: Awaited<ReturnType<typeof create>>) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

/** Everything that the table knows of a message, as the index tells it. */
async function recordsOf(messageId: string) {
  const { Items = [] } = await table.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byMessage',
      KeyConditionExpression: 'messageId = :messageId',
      ExpressionAttributeValues: { ':messageId': messageId },
    }),
  );
  return Items.map(({ userId, status, reason }) => ({ userId, status, ...(reason !== undefined && { reason }) }));
}

/** The user that a message became. */
async function userOf(messageId: string) {
  const Key = { userId: userIdOf(messageId) };
  return (await table.send(new GetCommand({ TableName: tableName, Key }))).Item;
}

async function takeFromArchive() {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: archiveUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  return Messages.map(({ Body, MessageAttributes }) => ({
    body: Body,
    messageId: MessageAttributes?.originalMessageId?.StringValue,
    sentAt: MessageAttributes?.originalSentAt?.StringValue,
  }));
}

describe('consuming the queue', () => {
  it('creates one user a message, with the id that the message means and the time it was sent', async () => {
    const messageId = randomUUID();
    expect(failuresOf(await create({ messageId, body: ada }))).toStrictEqual([]);
    expect(await recordsOf(messageId)).toStrictEqual([{ userId: userIdOf(messageId), status: 'completed' }]);
    expect((await userOf(messageId))?.createdAt).toBe('2026-01-01T00:00:00.000Z');
  });

  it('makes one call to the table for each user', async () => {
    recorder.take();
    await create(...Array.from({ length: 10 }, () => ({ messageId: randomUUID(), body: ada })));
    expect(recorder.take()).toStrictEqual(Array.from({ length: 10 }, () => ({ action: 'PutItem', isRefused: false })));
  });

  it('takes a message that is delivered again, or twice in a batch, for the same user', async () => {
    const added = jest.spyOn(metrics, 'addMetric');
    const messageId = randomUUID();
    await create({ messageId, body: ada }, { messageId, body: ada });
    expect(failuresOf(await create({ messageId, body: ada }))).toStrictEqual([]);
    expect(await recordsOf(messageId)).toHaveLength(1);
    expect(added.mock.calls.map(([name, , value]) => [name, value])).toStrictEqual([['UsersCreated', 1]]);
  });

  it('fails only the bad message of a batch', async () => {
    const good = randomUUID();
    const bad = randomUUID();
    expect(
      failuresOf(await create({ messageId: good, body: ada }, { messageId: bad, body: '{"name":1}' })),
    ).toStrictEqual([bad]);
    expect(await recordsOf(good)).toHaveLength(1);
    expect(await recordsOf(bad)).toStrictEqual([]);
  });

  it('stores whatever text a name may have as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), async (name) => {
        const messageId = randomUUID();
        const body = JSON.stringify({ name, email: 'a@b.c' });
        expect(failuresOf(await create({ messageId, body }))).toStrictEqual([]);
        expect((await userOf(messageId))?.name).toBe(name);
      }),
      { numRuns: 50 },
    );
  });
});

describe('consuming the dead-letter queue', () => {
  it('records why a message failed and keeps a copy that can be sent back', async () => {
    // What the alarm of the function goes by.
    const told = jest.spyOn(failureService.logger, 'error');
    const added = jest.spyOn(failureService.metrics, 'addMetric');
    const messageId = randomUUID();
    const body = '{"name":"","email":"x","admin":true}';
    expect(failuresOf(await fail({ messageId, body, sentAt: 1_700_000_000_000 }))).toStrictEqual([]);
    const [record] = await recordsOf(messageId);
    expect(record?.status).toBe('failed');
    expect(String(record?.reason)).toMatch(/name must be 1 to 100 characters long.*email.*admin is not a known field/);
    expect(await takeFromArchive()).toStrictEqual([{ body, messageId, sentAt: '1700000000000' }]);
    expect(told.mock.calls.map(([, fields]) => fields)).toStrictEqual([{ message_id: messageId }]);
    expect(added.mock.calls.map(([name, , value]) => [name, value])).toStrictEqual([['UsersFailed', 1]]);
  });

  it('tells the reason in bounds, whatever is wrong', async () => {
    const reasonFor = async (body: string) => {
      const messageId = randomUUID();
      await fail({ messageId, body });
      return String((await recordsOf(messageId))[0]?.reason);
    };
    expect(await reasonFor('null')).toMatch(/^body must be/);
    expect(await reasonFor(ada)).toMatch(/after several attempts/);
    const fields = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${index}-${'x'.repeat(100)}`, 1]));
    expect(await reasonFor(JSON.stringify(fields))).toHaveLength(500);
    await takeFromArchive();
  });

  it('leaves a message in the dead-letter queue that the archive does not take', async () => {
    const messageId = randomUUID();
    // With its attributes it is more than SQS takes.
    const body = 'x'.repeat(1024 * 1024);
    expect(failuresOf(await fail({ messageId, body }))).toStrictEqual([messageId]);
    expect(await takeFromArchive()).toStrictEqual([]);
  });

  it('does not call a message failed whose user exists', async () => {
    const messageId = randomUUID();
    await create({ messageId, body: ada });
    await fail({ messageId, body: ada });
    expect(await recordsOf(messageId)).toStrictEqual([{ userId: userIdOf(messageId), status: 'completed' }]);
    expect(await takeFromArchive()).toStrictEqual([]);
  });

  it('a message sent back becomes the user that its first id stands for', async () => {
    const messageId = randomUUID();
    await fail({ messageId, body: ada });
    await takeFromArchive();
    const redriven = {
      messageId: randomUUID(),
      body: ada,
      attributes: { originalMessageId: messageId, originalSentAt: '1700000000000' },
    };
    expect(failuresOf(await create(redriven))).toStrictEqual([]);
    expect(await recordsOf(messageId)).toStrictEqual([{ userId: userIdOf(messageId), status: 'completed' }]);
    expect(await recordsOf(redriven.messageId)).toStrictEqual([]);
    expect((await userOf(messageId))?.createdAt).toBe('2023-11-14T22:13:20.000Z');
  });
});

describe('the id of a user', () => {
  it('stays the same from one version to the next, since a message may come again after a deploy', () => {
    expect(userIdOf('0b2a4b0e-5a35-4a43-9d3e-7d3c1b6f2f10')).toBe('d9ba1d30-066c-5b61-a41b-9e23eeab3fe2');
  });

  it('is a UUID of version 5 that depends on the message alone', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        expect(userIdOf(one)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(userIdOf(one) === userIdOf(other)).toBe(one === other);
      }),
    );
  });
});
