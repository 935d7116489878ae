import assert from 'node:assert/strict';
import { join } from 'node:path';
import { beforeEach, it } from 'node:test';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { useEndpoint } from 'local-aws/testing';

const aws = useEndpoint({ stacks: { orders: { template: join(import.meta.dirname, 'template.yml') } } });
beforeEach(() => aws.reset());

it('stores the orders that arrive in the queue', async () => {
  const { QueueUrl, TableName } = aws.stack('orders').outputs;
  await aws.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: '{ "id": "1" }' }));
  await aws.untilIdle();
  const { Items } = await aws.client(DynamoDBClient).send(new ScanCommand({ TableName }));
  assert.deepEqual(Items, [{ id: { S: '1' } }]);
});

it('tries an order again that it cannot store', async () => {
  const { QueueUrl } = aws.stack('orders').outputs;
  await aws.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'no order' }));
  await assert.rejects(aws.untilIdle({ timeoutMs: 2000 }), /1 in flight/);
  await aws.clock.advance(30_000);
});
