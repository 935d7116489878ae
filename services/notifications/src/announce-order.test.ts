import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { orderKey, userKey } from '#shared/commerce-table/keys.ts';
import { createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { runOnce } from '#shared/idempotency/run-once.ts';
import { createTopicClient } from '#shared/sns/topic-client.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { startQueueEngine } from '#test/support/queue-engine.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { orderTopic } from './data/order-topic.ts';
import { handler as announceOrderFunction } from './handlers/announce-order.ts';
import { service } from './service.ts';

const tables = await startDynamoDbEngine();
afterAll(async () => tables[Symbol.asyncDispose]());
const queues = await startQueueEngine();
afterAll(async () => queues[Symbol.asyncDispose]());

const sns = createTopicClient(awsConfig(queues.endpoint));
const sqs = new SQSClient(awsConfig(queues.endpoint));
afterAll(() => {
  sns.destroy();
  sqs.destroy();
});
const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'orders' }));
const QueueUrl = await queues.createQueue('outbox');
await sns.send(
  new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:outbox' }),
);
const keys = await createTemplateTable(tables.endpoint, 'shared/serverless/idempotency-table.yml', 'IdempotencyTable');
const dynamoDb = createDynamoDbClient(awsConfig(tables.endpoint));
afterAll(() => dynamoDb.destroy());
const announceOrder = announceOrderFunction.with({
  topic: orderTopic(sns, TopicArn ?? ''),
  runOnce: runOnce(dynamoDb, keys, 'announceOrder'),
});

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

it('the pipe selects the items that orders are', async () => {
  const pipe = await readFile('services/notifications/pipe.yml', 'utf8');
  const { SK } = orderKey('ada', '0ujtsYcgvSTl8PAuAdqWYSMnLOv');
  const [, prefix = 'none'] = /"SK":\{"S":\[\{"prefix":"([^"]+)"\}\]\}/.exec(pipe) ?? [];
  expect(SK.startsWith(prefix)).toBe(true);
  expect(userKey('ada').SK.startsWith(prefix)).toBe(false);
});

describe('announcing changes of orders', () => {
  beforeEach(() => received());

  it('publishes one message a change, with attributes to filter by', async () => {
    const records = [placed(), confirmed()];
    expect(await announceOrder(records, lambdaContext())).toStrictEqual(none);
    const messages = (await received()).sort((a, b) => (a.message.occurredAt < b.message.occurredAt ? -1 : 1));
    const order = {
      orderId: '0ujtsYcgvSTl8PAuAdqWYSMnLOv',
      username: 'ada',
      amount: 99_999_999_999.9999,
      numItems: 2,
    };
    expect(messages).toStrictEqual([
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

  it('publishes nothing for a change that it has published', async () => {
    const added = jest.spyOn(service.metrics, 'addMetric');
    const record = placed();
    for (let delivery = 0; delivery < 3; delivery++) {
      expect(await announceOrder([record], lambdaContext())).toStrictEqual(none);
    }
    expect(await received()).toHaveLength(1);
    expect(added.mock.calls.map(([name, , value]) => [name, value])).toStrictEqual([['NotificationsPublished', 1]]);
  });

  it('publishes once for two deliveries at the same time; one of them may have to come again', async () => {
    const record = placed();
    const answers = await Promise.all([
      announceOrder([record], lambdaContext()),
      announceOrder([record], lambdaContext()),
    ]);
    expect(answers.flatMap(({ batchItemFailures }) => batchItemFailures).length).toBeLessThanOrEqual(1);
    expect(await announceOrder([record], lambdaContext())).toStrictEqual(none);
    expect(await received()).toHaveLength(1);
  });

  it('names the records that failed by their event ids, and is done with the others', async () => {
    const poison = { ...placed(), dynamodb: { NewImage: { OrderId: { S: 'x' } } } };
    const answer = await announceOrder([placed(), poison, confirmed()], lambdaContext());
    expect(answer).toStrictEqual({ batchItemFailures: [{ itemIdentifier: poison.eventID }] });
    expect(await received()).toHaveLength(2);
  });
});
