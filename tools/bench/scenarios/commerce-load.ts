import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { recordCalls } from '#test/support/call-recorder.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { orderPlacer } from '../../../services/orders/src/data/order-placer.ts';
import { orderRepository } from '../../../services/orders/src/data/order-repository.ts';
import { placedOrder } from '../../../services/orders/src/domain/order.ts';
import { userRepository } from '../../../services/users/src/data/user-repository.ts';
import { registerUser } from '../../../services/users/src/domain/register-user.ts';
import { load, median } from '../load.ts';
import type { Measurement, Scenario } from '../report.ts';
import { runEndpoint, unthrottled } from '../running-endpoint.ts';

const json = { 'content-type': 'application/json' };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const fewOrders = 10;
const manyOrders = 5000;
const rounds = 30;

export const commerceLoad: Scenario = {
  name: 'commerce',
  description:
    'placing orders, the list of few and of many, the way of an order to the outbox, and requests per operation',
  async run() {
    const endpoint = await runEndpoint('--services', 'users,orders,notifications', ...unthrottled);
    const config = { endpoint: endpoint.url, region: 'us-east-1', credentials };
    const sqs = new SQSClient(config);
    const cloudFormation = new CloudFormationClient(config);
    try {
      const users = `${await endpoint.endpointOf('users')}/add_user`;
      const orders = `${await endpoint.endpointOf('orders')}/orders`;
      for (const username of ['few', 'many', 'one', 'outbox']) {
        const body = JSON.stringify({ username, name: 'x', email: `${username}@example.com` });
        await load({
          connections: 1,
          requests: 1,
          expect: 200,
          next: () => ({ method: 'POST', url: users, headers: json, body }),
        });
      }
      const place = (username: string, connections: number, requests: number) => {
        const body = JSON.stringify({ username, amount: 19.99, numItems: 2 });
        const next = () => ({ method: 'POST', url: orders, headers: json, body });
        return load({ connections, requests, expect: 201, next });
      };
      const list = (username: string, requests: number) => {
        const url = `${orders}?username=${username}`;
        return load({ connections: 1, requests, expect: 200, next: () => ({ method: 'GET', url }) });
      };

      await place('one', 4, 300);
      const placed = await place('one', 1, 500);
      await place('few', 1, fewOrders);
      await place('many', 4, manyOrders);
      await list('many', 200);
      const few = await list('few', 500);
      const many = await list('many', 500);

      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'notifications-local' }));
      const outbox = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'OutboxQueueUrl')?.OutputValue;
      await emptyOut(sqs, outbox);
      const waits = await timeNotifications(sqs, outbox, orders);
      return [
        { name: 'POST /orders, one connection, p50', value: placed.p50, unit: 'ms', target: { atMost: 8 } },
        { name: `GET /orders of ${fewOrders} orders, p50`, value: few.p50, unit: 'ms' },
        { name: `GET /orders of ${manyOrders} orders, p50`, value: many.p50, unit: 'ms' },
        { name: 'GET /orders, many over few', value: many.p50 / few.p50, unit: '×', target: { atMost: 1.2 } },
        {
          name: 'order placed to message in the outbox, p50',
          value: median(waits),
          unit: 'ms',
          target: { atMost: 200 },
        },
        ...(await countRequests()),
      ];
    } finally {
      for (const client of [sqs, cloudFormation]) client.destroy();
      await endpoint.stop();
    }
  },
};

/** Places an order at a time and waits for the message about it. */
async function timeNotifications(sqs: SQSClient, QueueUrl: string | undefined, orders: string): Promise<number[]> {
  const waits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const body = JSON.stringify({ username: 'outbox', amount: 1, numItems: 1 });
    await (await fetch(orders, { method: 'POST', headers: json, body })).text();
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    if (Messages.length === 0) throw new Error('no message after 10 s');
    waits.push(performance.now() - began);
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return waits;
}

/** Takes the messages of earlier orders out, until no more come. */
async function emptyOut(sqs: SQSClient, QueueUrl: string | undefined): Promise<void> {
  for (let quiet = 0; quiet < 5; ) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    await Promise.all(
      Messages.map(({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))),
    );
    quiet = Messages.length === 0 ? quiet + 1 : 0;
    if (Messages.length === 0) await sleep(200);
  }
}

/** Counts on the wire what each operation asks of the table. */
async function countRequests(): Promise<Measurement[]> {
  await using engine = await startDynamoDbEngine();
  await using recorder = await recordCalls(engine.endpoint);
  const table = await createTemplateTable(engine.endpoint, 'services/users/table.yml', 'CommerceTable');
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: recorder.endpoint, region: 'us-east-1', credentials }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  const users = userRepository(client, table);
  const orders = orderRepository(client, table);
  const place = orderPlacer(client, { commerce: table, idempotency: 'none' });
  const now = new Date();
  const placed = placedOrder({ username: 'ada', amount: 1, numItems: 1 }, now);
  const user = { username: 'ada', name: 'Ada', email: 'ada@example.com', userType: 'CUSTOMER' } as const;
  const operations: readonly [name: string, atMost: number, run: () => Promise<unknown>][] = [
    ['POST /users', 1, () => registerUser(users, user, now)],
    ['GET /users/{username}', 1, () => users.find('ada')],
    ['GET /users', 1, () => users.list({ userType: 'CUSTOMER', limit: 10 })],
    ['PUT /users/{username}', 1, () => users.change('ada', { name: 'Ada L' })],
    ['PUT /users/{username}, another e-mail', 2, () => users.change('ada', { email: 'ada@example.org' })],
    ['PUT /users/{username}/address', 1, () => users.setAddress('ada', 'London')],
    ['POST /orders', 1, () => place(placed)],
    ['GET /orders', 1, () => orders.list({ username: 'ada', limit: 10 })],
    ['GET /orders/{order_id}', 1, () => orders.find('ada', placed.OrderId)],
    ['PUT /orders/{order_id}', 1, () => orders.update('ada', placed.OrderId, 'CANCEL', now.toISOString())],
    ['DELETE /orders/{order_id}', 1, () => orders.remove('ada', placed.OrderId)],
    ['DELETE /users/{username}', 2, () => users.remove('ada', now)],
  ];
  const measurements: Measurement[] = [];
  for (const [name, atMost, run] of operations) {
    await run();
    measurements.push({ name: `requests of ${name}`, value: recorder.take().length, unit: '', target: { atMost } });
  }
  client.destroy();
  return measurements;
}
