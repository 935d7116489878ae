import { randomUUID } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { breakFunction } from '#test/support/break-function.ts';
import { undoLater } from '#test/support/created-items.ts';
import { checkErrorBody, loadContract } from '#test/support/openapi-contract.ts';
import { runCommand } from '#test/support/run-command.ts';
import { type Answer, json, type Request, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { outputNamed, stackOutputs } from '#test/support/stack-outputs.ts';
import { itOnEndpoint, stackName, useStage } from '#test/support/stage.ts';

const order = z.object({ PK: z.string(), OrderId: z.string(), Status: z.string(), Amount: z.number() });
const done = z.object({ data: order });
const page = z.object({
  data: z.array(z.looseObject({ OrderId: z.string().optional(), Username: z.string().optional() })),
  nextToken: z.string().optional(),
});
const attribute = z.object({ Value: z.string() });
const notification = z.object({
  Message: z.string().transform((text) => z.looseObject({ orderId: z.string() }).parse(JSON.parse(text))),
  MessageAttributes: z.object({ eventType: attribute, status: attribute }),
});
type Notification = z.infer<typeof notification>;

const announceOrder = 'notifications-local-announceOrder';

const aws = useStage();

describe('commerce', () => {
  const sqs = () => aws.client(SQSClient);
  const sns = () => aws.client(SNSClient);
  const lambda = () => aws.client(LambdaClient);
  const dynamoDb = () => aws.client(DynamoDBClient);
  let users: ServiceClient;
  let orders: ServiceClient;
  let notifications: ReadonlyMap<string, string>;
  beforeAll(async () => {
    [users, orders] = await Promise.all([serviceClient('users'), serviceClient('orders')]);
    notifications = await stackOutputs(stackName('notifications'));
  });

  const output = (name: string): string => outputNamed(notifications, name);
  const contracts = { users: loadContract('users.yml'), orders: loadContract('orders.yml') };
  async function callUsers(operationId: string, request: Request): Promise<Answer> {
    const answer = await users.send(request);
    contracts.users.checkAnswer(operationId, answer);
    return answer;
  }
  async function callOrders(operationId: string, request: Request): Promise<Answer> {
    const answer = await orders.send(request);
    contracts.orders.checkAnswer(operationId, answer);
    return answer;
  }

  async function addUser(): Promise<string> {
    const username = `user-${randomUUID()}`;
    const body = { username, name: 'Ada Lovelace', email: `${username}@example.com` };
    const answer = await callUsers('addUser', { method: 'POST', path: '/add_user', body });
    expect(JSON.parse(answer.body)).toStrictEqual({ message: `User ${username} added successfully` });
    return username;
  }
  const place = (username: string, amount = 1, headers = {}) =>
    callOrders('placeOrder', { method: 'POST', path: '/orders', headers, body: { amount, numItems: 1, username } });
  const placed = async (username: string) => json(done, await place(username)).data.OrderId;
  const update = (orderId: string, username: string, status: string) =>
    callOrders('updateOrder', { method: 'PUT', path: `/orders/${orderId}`, body: { username, status } });

  /** The messages that were read from the outbox: each is received once, for all tests. */
  const outbox: Notification[] = [];
  async function announced(orderId: string): Promise<Notification[]> {
    outbox.push(...(await take(output('OutboxQueueUrl'))).map((body) => notification.parse(body)));
    return outbox.filter(({ Message }) => Message.orderId === orderId);
  }
  const untilAnnounced = (orderId: string, count: number) =>
    until(`${count} messages about ${orderId}`, async () => {
      const found = await announced(orderId);
      return found.length >= count ? found : undefined;
    });

  /** Takes messages out of a queue. */
  async function take(QueueUrl: string): Promise<unknown[]> {
    const { Messages = [] } = await sqs().send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length > 0) {
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await sqs().send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
    return Messages.map(({ Body = '' }) => JSON.parse(Body));
  }

  /** A queue of the test's own that gets what a topic publishes. */
  async function subscribe(TopicArn: string, Attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl } = await sqs().send(new CreateQueueCommand({ QueueName: `subscriber-${randomUUID()}` }));
    const read = await sqs().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const Endpoint = read.Attributes?.QueueArn;
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: Endpoint,
      Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await sqs().send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    const { SubscriptionArn } = await sns().send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes, ReturnSubscriptionArn: true }),
    );
    undoLater(() => sqs().send(new DeleteQueueCommand({ QueueUrl })));
    undoLater(() => sns().send(new UnsubscribeCommand({ SubscriptionArn })));
    return QueueUrl ?? '';
  }

  it('shows a user and the newest orders in one request, page by page', async () => {
    const username = await addUser();
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.unshift(await placed(username));
    const seen: (string | undefined)[] = [];
    let path = `/orders/?limit=2&username=${username}`;
    for (let pages = 1; pages <= 3; pages++) {
      const { data, nextToken } = json(page, await callOrders('listOrders', { path }));
      if (pages === 1) expect(data.shift()?.Username).toBe(username);
      seen.push(...data.map(({ OrderId }) => OrderId));
      expect(nextToken === undefined).toBe(pages === 3);
      path = `/orders?limit=2&username=${username}&nextToken=${nextToken}`;
    }
    expect(seen).toStrictEqual(ids);
  });

  it('changes a user, and frees the e-mail address that it had', async () => {
    const username = await addUser();
    const path = `/users/${username}`;
    const moved = { email: `moved-${username}@example.com`.toUpperCase(), name: 'Ada King' };
    const changed = await callUsers('changeUser', { method: 'PUT', path, body: moved });
    expect(JSON.parse(changed.body)).toMatchObject({ Email: moved.email, Name: 'Ada King' });
    const settled = await callUsers('setAddress', {
      method: 'PUT',
      path: `${path}/address`,
      body: { address: '1 Main St' },
    });
    expect(JSON.parse(settled.body)).toStrictEqual({ ...JSON.parse(changed.body), Address: '1 Main St' });
    expect(JSON.parse((await callUsers('getUser', { path })).body)).toStrictEqual(JSON.parse(settled.body));

    const other = (email: string) => ({ username: `u-${randomUUID()}`, name: 'Other', email });
    const taken = other(moved.email.toLowerCase());
    expect((await callUsers('createUser', { method: 'POST', path: '/users', body: taken })).statusCode).toBe(409);
    const freed = other(`${username}@example.com`);
    expect((await callUsers('createUser', { method: 'POST', path: '/users', body: freed })).statusCode).toBe(201);
  });

  it('lists the users of a type, newest first, under links that lead to the next page', async () => {
    const added: string[] = [];
    for (let count = 0; count < 3; count++) {
      const username = `firm-${randomUUID()}`;
      const body = { username, name: 'Firm', email: `${username}@example.com`, userType: 'BUSINESS' };
      await callUsers('createUser', { method: 'POST', path: '/users', body });
      added.unshift(username);
    }
    const listed: string[] = [];
    for (let path: string | undefined = '/users?userType=BUSINESS&limit=2'; path !== undefined; ) {
      const answer = await callUsers('listUsers', { path });
      listed.push(...json(z.array(z.object({ Username: z.string() })), answer).map(({ Username }) => Username));
      const link = /^<(.+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1];
      path = link && new URL(link, users.url + path).href.slice(users.url.length);
    }
    expect(listed.filter((username) => added.includes(username))).toStrictEqual(added);
  });

  it('takes paths with and without a slash at their end', async () => {
    const username = await addUser();
    const body = { amount: 0.1, numItems: 1, username };
    const answer = await callOrders('placeOrder', { method: 'POST', path: '/orders/', body });
    const location = new URL(answer.headers.location ?? '', `${orders.url}/orders/`).href;
    const read = await callOrders('getOrder', { path: location.slice(orders.url.length) });
    expect(json(done, read)).toStrictEqual(json(done, answer));
    expect((await callUsers('getUser', { path: `/users/${username}/` })).statusCode).toBe(200);
    const query = `username=${username}&new_address=1%20Main%20St`;
    const edited = await callUsers('editAddress', { method: 'POST', path: `/edit-address/?${query}` });
    expect(edited.statusCode).toBe(200);
  });

  it('places an order of a repeated request once', async () => {
    const username = await addUser();
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await place(username, 19.99, headers);
    const second = await place(username, 19.99, headers);
    expect([second.statusCode, second.body]).toStrictEqual([201, first.body]);
    const other = await place(username, 20, headers);
    expect(other.statusCode).toBe(422);
    checkErrorBody(other.body);
    const { data } = json(page, await callOrders('listOrders', { path: `/orders?username=${username}` }));
    expect(data).toHaveLength(2);
  });

  it('lets the key of a request that failed be used again', async () => {
    const username = `late-${randomUUID()}`;
    const headers = { 'Idempotency-Key': randomUUID() };
    expect((await place(username, 1, headers)).statusCode).toBe(404);
    const body = { username, name: 'Late', email: `${username}@example.com` };
    await callUsers('createUser', { method: 'POST', path: '/users', body });
    expect((await place(username, 1, headers)).statusCode).toBe(201);
  });

  it('keeps a user with open orders, then lets it go and frees the address', async () => {
    const username = await addUser();
    const id = await placed(username);
    const remove = () => callUsers('deleteUser', { method: 'DELETE', path: `/users/${username}` });
    expect((await remove()).statusCode).toBe(409);
    expect((await update(id, username, 'CANCEL')).statusCode).toBe(200);
    expect((await remove()).statusCode).toBe(204);
    expect((await place(username)).statusCode).toBe(404);
    const heir = { username: `heir-${username}`.slice(0, 64), name: 'Heir', email: `${username}@example.com` };
    expect((await callUsers('createUser', { method: 'POST', path: '/users', body: heir })).statusCode).toBe(201);
  });

  it('announces each change of an order once, with attributes to filter by', async () => {
    const username = await addUser();
    const shipments = await subscribe(output('OrderTopicArn'), {
      FilterPolicy: JSON.stringify({ eventType: ['OrderUpdated'], status: ['SHIPPED'] }),
    });
    const id = await placed(username);
    for (const status of ['CONFIRMED', 'SHIPPED', 'DELIVERED']) await update(id, username, status);
    expect((await update(id, username, 'CANCEL')).statusCode).toBe(409);

    const messages = await untilAnnounced(id, 4);
    expect(
      messages.map(({ MessageAttributes: { eventType, status } }) => `${eventType.Value} ${status.Value}`).sort(),
    ).toStrictEqual(['OrderPlaced PLACED', 'OrderUpdated CONFIRMED', 'OrderUpdated DELIVERED', 'OrderUpdated SHIPPED']);
    const shipped = await until('the shipment', async () => {
      const found = (await take(shipments)).map((body) => notification.parse(body));
      return found.length > 0 ? found : undefined;
    });
    expect(shipped.map(({ Message }) => [Message.orderId, Message.status, Message.previousStatus])).toStrictEqual([
      [id, 'SHIPPED', 'CONFIRMED'],
    ]);

    // What is deleted is not announced, nor is what is done to users.
    const cancelled = await placed(username);
    await update(cancelled, username, 'CANCEL');
    await callOrders('deleteOrder', { method: 'DELETE', path: `/orders/${cancelled}?username=${username}` });
    const last = await placed(username);
    await untilAnnounced(last, 1);
    expect(await untilAnnounced(cancelled, 2)).toHaveLength(2);
  });

  itOnEndpoint('announces a redelivered change no second time', async () => {
    const [orderId, change] = anyChange();
    for (let delivery = 0; delivery < 3; delivery++) expect(await announce(change)).toStrictEqual([]);
    await untilAnnounced(orderId, 1);
    await untilAnnounced(await placed(await addUser()), 1);
    expect(await announced(orderId)).toHaveLength(1);
  });

  itOnEndpoint('announces a change whose topic could not be reached when it is delivered again', async () => {
    const [orderId, change] = anyChange();
    const missing = `${output('OrderTopicArn')}-does-not-exist`;
    const restore = await breakFunction(lambda(), announceOrder, 'ORDER_TOPIC_ARN', missing);
    expect(await announce(change)).toStrictEqual([{ itemIdentifier: change.eventID }]);
    await restore();
    expect(await announce(change)).toStrictEqual([]);
    expect(await untilAnnounced(orderId, 1)).toHaveLength(1);
  });

  /** The change that the pipe would deliver of an order that does not exist. */
  function anyChange() {
    const orderId = `delivered-${randomUUID()}`;
    const NewImage = {
      PK: { S: 'CUSTOMER#ada' },
      SK: { S: `#ORDER#${orderId}` },
      OrderId: { S: orderId },
      CreatedAt: { S: '2026-01-01T00:00:00.000Z' },
      Status: { S: 'PLACED' },
      Amount: { N: '1' },
      NumberItems: { N: '1' },
    };
    return [orderId, { eventID: randomUUID(), eventName: 'INSERT', dynamodb: { NewImage } }] as const;
  }

  /** Hands a change to the function as the pipe does. @returns what failed */
  async function announce(change: object): Promise<unknown> {
    const answer = await lambda().send(
      new InvokeCommand({ FunctionName: announceOrder, Payload: JSON.stringify([change]) }),
    );
    return JSON.parse(answer.Payload?.transformToString() ?? '').batchItemFailures;
  }

  itOnEndpoint('gives up on a change that cannot be parsed, and announces those around it', async () => {
    const username = await addUser();
    const TableName = (await stackOutputs('users-local')).get('CommerceTableName');
    const before = await placed(username);
    const poison = { PK: { S: `CUSTOMER#${username}` }, SK: { S: '#ORDER#poison' } };
    await dynamoDb().send(new PutItemCommand({ TableName, Item: poison }));
    const behind = await placed(username);
    // Before time is advanced, which runs out for whatever function is at work.
    expect(await untilAnnounced(before, 1)).toHaveLength(1);
    const QueueUrl = output('FailedChangesQueueUrl');
    const [failed] = await until('the poison in the dead-letter queue', async () => {
      await aws.clock.advance(60_000);
      const { Messages } = await sqs().send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
      return Messages;
    });
    expect(JSON.parse(failed?.Body ?? '')).toMatchObject({
      context: { condition: 'RetryAttemptsExhausted' },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
    expect(await untilAnnounced(behind, 1)).toHaveLength(1);

    // An operator redrives it, and it stays while it cannot be parsed.
    const redriven = await redrive();
    expect(redriven.output).toMatch(/announceOrder failed again/);
    expect(redriven.exitCode).toBe(1);
    await sqs().send(new PurgeQueueCommand({ QueueUrl }));
  });

  itOnEndpoint('raises an alarm on the monitoring topic when a function logs an error', async () => {
    const monitoring = outputNamed(await stackOutputs('platform-local'), 'MonitoringTopicArn');
    const alarms = await subscribe(monitoring);
    // No gateway sends such an event: it is a defect, and logged as one.
    await lambda().send(new InvokeCommand({ FunctionName: 'orders-local-deleteOrder', Payload: 'null' }));
    const alarm = z.object({ NewStateValue: z.string(), Trigger: z.object({ MetricName: z.string() }) });
    await until('the alarm', async () => {
      const messages = z.array(z.object({ Message: z.string() })).parse(await take(alarms));
      return messages
        .map(({ Message }) => alarm.parse(JSON.parse(Message)))
        .find(({ NewStateValue, Trigger }) => {
          return NewStateValue === 'ALARM' && Trigger.MetricName === 'orders-local-deleteOrder';
        });
    });
  });
});

/** `npm run redrive -- --service notifications`, as operators run it. */
function redrive() {
  const endpoint = aws.url;
  const args = ['tools/redrive/run.ts', '--service', 'notifications', '--endpoint-url', endpoint];
  return runCommand(process.execPath, args, { cwd: process.cwd(), env: process.env });
}
