import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { json, type Request, serviceClient } from '#test/support/service-client.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';

const created = z.object({ id: z.string() });
const placed = z.object({ data: z.object({ OrderId: z.string() }) });
const accepted = z.object({ messageId: z.string() });
const told = z.object({ status: z.literal('completed'), userId: z.string() });

/**
 * Lets every service do what it is there for, to the end of what it sets off.
 *
 * @returns what there is now, by the names of path parameters
 * @throws AssertionError when one does not work
 */
export async function exerciseServices(): Promise<Readonly<Record<string, string>>> {
  const [taskId, productId, commerce, friends, accepted] = await Promise.all([
    create('tasks', '/tasks', { title: 'Water the plants' }),
    create('products', '/products', { name: 'Can', category: 'tools', price: { amount: 1, currency: 'EUR' } }),
    shop(),
    befriend(),
    acceptUser(),
    ask('planner', 200, { path: '/planner' }),
  ]);
  return { taskId, productId, ...commerce, ...friends, ...accepted };
}

async function ask(service: string, status: number, request: Request) {
  const answer = await (await serviceClient(service)).send(request);
  expect(answer.statusCode).toBe(status);
  return answer;
}

async function create(service: string, path: string, body: object): Promise<string> {
  return json(created, await ask(service, 201, { method: 'POST', path, body })).id;
}

async function shop() {
  const username = `shop-${randomUUID()}`;
  const user = { username, name: 'Ada', email: `${username}@example.com` };
  await ask('users', 201, { method: 'POST', path: '/users', body: user });
  const body = { username, amount: 1, numItems: 1 };
  const order_id = json(placed, await ask('orders', 201, { method: 'POST', path: '/orders', body })).data.OrderId;
  await untilAnnounced(order_id);
  return { username, order_id };
}

async function untilAnnounced(orderId: string): Promise<void> {
  const sqs = new SQSClient(awsConfig());
  const QueueUrl = (await stackOutputs('notifications-local')).get('OutboxQueueUrl');
  await until(`a message about ${orderId}`, async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.some(({ Body }) => Body?.includes(orderId)) || undefined;
  });
  sqs.destroy();
}

async function befriend() {
  const [playerId, friendId] = [`ann-${randomUUID()}`, `bob-${randomUUID()}`];
  const body = { player_id: playerId, friend_id: friendId, friend_action: 'Request' };
  await ask('friends', 202, { method: 'POST', path: '/friends', body });
  await until('the request of a friend', async () => {
    const { body } = await ask('friends', 200, { path: `/friends/${friendId}` });
    return body.includes('Pending') || undefined;
  });
  return { playerId, friendId };
}

async function acceptUser() {
  const body = { name: 'Grace', email: 'grace@example.com' };
  const { messageId } = json(accepted, await ask('users-async', 202, { method: 'POST', path: '/users', body }));
  const client = await serviceClient('users-async');
  const { userId } = await until('the user', async () => {
    const answer = await client.send({ path: `/status/${messageId}` });
    return answer.statusCode === 200 ? json(told, answer) : undefined;
  });
  return { messageId, userId };
}
