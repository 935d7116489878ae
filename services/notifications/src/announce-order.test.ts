import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, describe, it } from 'node:test';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { useFunctionEnv } from '#test/support/function-env.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { startQueueEngine } from '#test/support/queue-engine.ts';
import { createTemplateTable } from '#test/support/template-table.ts';

const tables = await startDynamoDbEngine();
after(() => tables[Symbol.asyncDispose]());
const queues = await startQueueEngine();
after(() => queues[Symbol.asyncDispose]());

const config = {
  endpoint: queues.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};
const sns = new SNSClient(config);
const sqs = new SQSClient(config);
after(() => {
  sns.destroy();
  sqs.destroy();
});
const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'orders' }));
const QueueUrl = await queues.createQueue('outbox');
await sns.send(
  new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:outbox' }),
);
useFunctionEnv(queues.endpoint, {
  AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
  TOPIC_ARN: TopicArn ?? '',
  IDEMPOTENCY_TABLE_NAME: await createTemplateTable(
    tables.endpoint,
    'shared/serverless/idempotency-table.yml',
    'IdempotencyTable',
  ),
});
const { handler } = await import('./handlers/announce-order.ts');
const { notificationsService } = await import('./service.ts');

const attribute = z.object({ Type: z.string(), Value: z.string() });
const envelope = z.object({
  Subject: z.string(),
  Message: z.string(),
  MessageAttributes: z.object({ eventType: attribute, status: attribute }),
});

/** What has come to the subscriber since the last call. */
async function received() {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '' }) => {
    const { Message, ...rest } = envelope.parse(JSON.parse(Body));
    return { ...rest, message: JSON.parse(Message) };
  });
}

const image = (status: string, updatedAt?: string) => ({
  PK: { S: 'CUSTOMER#ada' },
  SK: { S: '#ORDER#0ujtsYcgvSTl8PAuAdqWYSMnLOv' },
  OrderId: { S: '0ujtsYcgvSTl8PAuAdqWYSMnLOv' },
  CreatedAt: { S: '2026-01-01T00:00:00.000Z' },
  ...(updatedAt !== undefined && { UpdatedAt: { S: updatedAt } }),
  Status: { S: status },
  Amount: { N: '99999999999.9999' },
  NumberItems: { N: '2' },
});
const placed = (): DynamoDBRecord => ({
  eventID: randomUUID(),
  eventName: 'INSERT',
  dynamodb: { NewImage: image('PLACED') },
});
const confirmed = (): DynamoDBRecord => ({
  eventID: randomUUID(),
  eventName: 'MODIFY',
  dynamodb: { OldImage: image('PLACED'), NewImage: image('CONFIRMED', '2026-01-02T00:00:00.000Z') },
});
const none = { batchItemFailures: [] };

describe('announcing changes of orders', () => {
  beforeEach(() => received());

  it('publishes one message a change, with attributes to filter by', async () => {
    const records = [placed(), confirmed()];
    assert.deepEqual(await handler(records, lambdaContext()), none);
    const messages = (await received()).sort((a, b) => (a.message.occurredAt < b.message.occurredAt ? -1 : 1));
    const order = {
      orderId: '0ujtsYcgvSTl8PAuAdqWYSMnLOv',
      username: 'ada',
      amount: 99_999_999_999.9999,
      numItems: 2,
    };
    assert.deepEqual(messages, [
      {
        Subject: 'Order 0ujtsYcgvSTl8PAuAdqWYSMnLOv is PLACED',
        MessageAttributes: {
          eventType: { Type: 'String', Value: 'OrderPlaced' },
          status: { Type: 'String', Value: 'PLACED' },
        },
        message: {
          eventId: records[0]?.eventID,
          eventType: 'OrderPlaced',
          status: 'PLACED',
          occurredAt: '2026-01-01T00:00:00.000Z',
          ...order,
        },
      },
      {
        Subject: 'Order 0ujtsYcgvSTl8PAuAdqWYSMnLOv is CONFIRMED',
        MessageAttributes: {
          eventType: { Type: 'String', Value: 'OrderUpdated' },
          status: { Type: 'String', Value: 'CONFIRMED' },
        },
        message: {
          eventId: records[1]?.eventID,
          eventType: 'OrderUpdated',
          status: 'CONFIRMED',
          previousStatus: 'PLACED',
          occurredAt: '2026-01-02T00:00:00.000Z',
          ...order,
        },
      },
    ]);
  });

  it('publishes nothing for a change that it has published', async (t) => {
    const added = t.mock.method(notificationsService.metrics, 'addMetric');
    const record = placed();
    for (let delivery = 0; delivery < 3; delivery++) {
      assert.deepEqual(await handler([record], lambdaContext()), none);
    }
    assert.equal((await received()).length, 1);
    assert.deepEqual(
      added.mock.calls.map(({ arguments: [name, , value] }) => [name, value]),
      [['NotificationsPublished', 1]],
    );
  });

  it('publishes once for two deliveries at the same time; one of them may have to come again', async () => {
    const record = placed();
    const answers = await Promise.all([handler([record], lambdaContext()), handler([record], lambdaContext())]);
    assert.ok(answers.flatMap(({ batchItemFailures }) => batchItemFailures).length <= 1);
    assert.deepEqual(await handler([record], lambdaContext()), none);
    assert.equal((await received()).length, 1);
  });

  it('names the records that failed by their event ids, and is done with the others', async () => {
    const poison = { ...placed(), dynamodb: { NewImage: { OrderId: { S: 'x' } } } };
    const answer = await handler([placed(), poison, confirmed()], lambdaContext());
    assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: poison.eventID }] });
    assert.equal((await received()).length, 2);
  });
});
