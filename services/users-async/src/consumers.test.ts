import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { recordCalls } from '#test/support/call-recorder.ts';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { useFunctionEnv } from '#test/support/function-env.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { startQueueEngine } from '#test/support/queue-engine.ts';
import { sqsEvent } from '#test/support/sqs-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { userIdOf } from './user-id.ts';

const engine = await startDynamoDbEngine();
const queues = await startQueueEngine();
const recorder = await recordCalls(engine.endpoint);
after(() => Promise.all([recorder, queues, engine].map((running) => running[Symbol.asyncDispose]())));
const tableName = await createTemplateTable(engine.endpoint, 'services/users-async/table.yml', 'UsersTable');
const archiveUrl = await queues.createQueue('archive');
useFunctionEnv(recorder.endpoint, {
  USERS_TABLE: tableName,
  ARCHIVE_QUEUE_URL: archiveUrl,
  AWS_ENDPOINT_URL_SQS: queues.endpoint,
});
const { handler: createUser } = await import('./handlers/create-user.ts');
const { handler: recordFailure } = await import('./handlers/record-failure.ts');
const { metrics } = (await import('./service.ts')).service;
const failures = (await import('./failure-service.ts')).service;

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const table = DynamoDBDocumentClient.from(
  new DynamoDBClient({ endpoint: engine.endpoint, region: 'us-east-1', credentials }),
);
const sqs = new SQSClient({ endpoint: queues.endpoint, region: 'us-east-1', credentials });
after(() => {
  table.destroy();
  sqs.destroy();
});

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
      IndexName: 'by-message',
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
    assert.deepEqual(failuresOf(await create({ messageId, body: ada })), []);
    assert.deepEqual(await recordsOf(messageId), [{ userId: userIdOf(messageId), status: 'completed' }]);
    assert.equal((await userOf(messageId))?.createdAt, '2026-01-01T00:00:00.000Z');
  });

  it('makes one call to the table for each user', async () => {
    recorder.take();
    await create(...Array.from({ length: 10 }, () => ({ messageId: randomUUID(), body: ada })));
    assert.deepEqual(
      recorder.take(),
      Array.from({ length: 10 }, () => ({ action: 'PutItem', isRefused: false })),
    );
  });

  it('takes a message that is delivered again, or twice in a batch, for the same user', async (t) => {
    const added = t.mock.method(metrics, 'addMetric');
    const messageId = randomUUID();
    await create({ messageId, body: ada }, { messageId, body: ada });
    assert.deepEqual(failuresOf(await create({ messageId, body: ada })), []);
    assert.equal((await recordsOf(messageId)).length, 1);
    assert.deepEqual(
      added.mock.calls.map(({ arguments: [name, , value] }) => [name, value]),
      [['UsersCreated', 1]],
    );
  });

  it('fails only the bad message of a batch', async () => {
    const good = randomUUID();
    const bad = randomUUID();
    assert.deepEqual(failuresOf(await create({ messageId: good, body: ada }, { messageId: bad, body: '{"name":1}' })), [
      bad,
    ]);
    assert.equal((await recordsOf(good)).length, 1);
    assert.deepEqual(await recordsOf(bad), []);
  });

  it('stores whatever text a name may have as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), async (name) => {
        const messageId = randomUUID();
        const body = JSON.stringify({ name, email: 'a@b.c' });
        assert.deepEqual(failuresOf(await create({ messageId, body })), []);
        assert.equal((await userOf(messageId))?.name, name);
      }),
      { numRuns: 50 },
    );
  });
});

describe('consuming the dead-letter queue', () => {
  it('records why a message failed and keeps a copy that can be sent back', async (t) => {
    // What the alarm of the function goes by.
    const told = t.mock.method(failures.logger, 'error');
    const added = t.mock.method(failures.metrics, 'addMetric');
    const messageId = randomUUID();
    const body = '{"name":"","email":"x","admin":true}';
    assert.deepEqual(failuresOf(await fail({ messageId, body, sentAt: 1_700_000_000_000 })), []);
    const [record] = await recordsOf(messageId);
    assert.equal(record?.status, 'failed');
    assert.match(String(record?.reason), /name must be 1 to 100 characters long.*email.*admin is not a known field/);
    assert.deepEqual(await takeFromArchive(), [{ body, messageId, sentAt: '1700000000000' }]);
    assert.deepEqual(
      told.mock.calls.map(({ arguments: [, fields] }) => fields),
      [{ message_id: messageId }],
    );
    assert.deepEqual(
      added.mock.calls.map(({ arguments: [name, , value] }) => [name, value]),
      [['UsersFailed', 1]],
    );
  });

  it('tells the reason in bounds, whatever is wrong', async () => {
    const reasonFor = async (body: string) => {
      const messageId = randomUUID();
      await fail({ messageId, body });
      return String((await recordsOf(messageId))[0]?.reason);
    };
    assert.match(await reasonFor('null'), /^body must be/);
    assert.match(await reasonFor(ada), /after several attempts/);
    const fields = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${index}-${'x'.repeat(100)}`, 1]));
    assert.equal((await reasonFor(JSON.stringify(fields))).length, 500);
    await takeFromArchive();
  });

  it('leaves a message in the dead-letter queue that the archive does not take', async () => {
    const messageId = randomUUID();
    // With its attributes it is more than SQS takes.
    const body = 'x'.repeat(1024 * 1024);
    assert.deepEqual(failuresOf(await fail({ messageId, body })), [messageId]);
    assert.deepEqual(await takeFromArchive(), []);
  });

  it('does not call a message failed whose user exists', async () => {
    const messageId = randomUUID();
    await create({ messageId, body: ada });
    await fail({ messageId, body: ada });
    assert.deepEqual(await recordsOf(messageId), [{ userId: userIdOf(messageId), status: 'completed' }]);
    assert.deepEqual(await takeFromArchive(), []);
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
    assert.deepEqual(failuresOf(await create(redriven)), []);
    assert.deepEqual(await recordsOf(messageId), [{ userId: userIdOf(messageId), status: 'completed' }]);
    assert.deepEqual(await recordsOf(redriven.messageId), []);
    assert.equal((await userOf(messageId))?.createdAt, '2023-11-14T22:13:20.000Z');
  });
});

describe('the id of a user', () => {
  it('stays the same from one version to the next, since a message may come again after a deploy', () => {
    assert.equal(userIdOf('0b2a4b0e-5a35-4a43-9d3e-7d3c1b6f2f10'), 'd9ba1d30-066c-5b61-a41b-9e23eeab3fe2');
  });

  it('is a UUID of version 5 that depends on the message alone', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        assert.match(userIdOf(one), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.equal(userIdOf(one) === userIdOf(other), one === other);
      }),
    );
  });
});
