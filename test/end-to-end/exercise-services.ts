import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { json, type Request, serviceClient } from '#test/support/service-client.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { readProject } from '#tools/dev/project.ts';

/** Values of path parameters, by name, that lead to something. */
type PathValues = Readonly<Record<string, string>>;

const placed = z.object({ data: z.object({ OrderId: z.string() }) });
const accepted = z.object({ messageId: z.string() });
const completed = z.object({ status: z.literal('completed'), userId: z.string() });

/** The services that the examples of their specifications cannot exercise: their requests depend on earlier ones. */
const exercises: Readonly<Record<string, () => Promise<PathValues>>> = {
  users: placeOrder,
  orders: async () => ({}),
  friends: requestFriendship,
  'users-async': createUser,
};

/** The services with a specification, in the order of the project. */
export const specifiedServices: readonly string[] = readProject('.')
  .map(({ name }) => name)
  .filter((name) => existsSync(join('openapi', `${name}.yml`)));

/**
 * Uses every service with a specification as its clients do, until all effects have happened. A service without an entry
 * in `exercises` gets the examples of its specification, then a GET of each path.
 *
 * @returns values for the path parameters of all specifications
 * @throws Error that names the service and what is missing or wrong
 */
export async function exerciseServices(): Promise<PathValues> {
  const values = await Promise.all(
    specifiedServices.map((service) => (exercises[service] ?? (() => sendExamples(service)))()),
  );
  const all: PathValues = Object.assign({}, ...values);
  for (const service of specifiedServices) {
    for (const { operationId, path } of loadContract(`${service}.yml`).operations) {
      for (const name of parametersOf(path)) {
        if (all[name] !== undefined) continue;
        throw new Error(
          `${service}: nothing is known for {${name}} of ${operationId}. Let an example of a POST in openapi/${service}.yml ` +
            'create one, or add the service to the exercises of test/end-to-end/exercise-services.ts.',
        );
      }
    }
  }
  return all;
}

/** Sends all examples of a specification, then a GET to the paths that they have created. */
async function sendExamples(service: string): Promise<PathValues> {
  const { operations } = loadContract(`${service}.yml`);
  const values: Record<string, string> = {};
  for (const { operationId, method, path, bodies } of operations.filter(({ method }) => method === 'POST')) {
    for (const body of bodies) {
      const answer = await (await serviceClient(service)).send({ method, path, body });
      if (answer.statusCode >= 300) {
        throw new Error(`${service}: ${operationId} answered ${answer.statusCode} to its example: ${answer.body}`);
      }
      const id = answer.headers.location?.split('/').at(-1);
      const created = operations.find((other) => new RegExp(`^${path}/\\{\\w+\\}$`).test(other.path));
      for (const name of parametersOf(created?.path ?? '')) if (id !== undefined) values[name] = id;
    }
  }
  for (const { operationId, path, query } of operations.filter(({ method }) => method === 'GET')) {
    const filled = path.replaceAll(/\{(\w+)\}/g, (parameter, name) => values[name] ?? parameter);
    if (filled.includes('{') || query.some(({ required }) => required)) continue;
    const answer = await (await serviceClient(service)).send({ path: filled });
    if (answer.statusCode !== 200)
      throw new Error(`${service}: ${operationId} answered ${answer.statusCode}: ${answer.body}`);
  }
  return values;
}

const parametersOf = (path: string): readonly string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

async function ask(service: string, status: number, request: Request) {
  const answer = await (await serviceClient(service)).send(request);
  expect({ service, ...answer }).toMatchObject({ statusCode: status });
  return answer;
}

/** Creates a user with an order, and waits for the notification of the order. */
async function placeOrder() {
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

async function requestFriendship() {
  const [playerId, friendId] = [`ann-${randomUUID()}`, `bob-${randomUUID()}`];
  const body = { player_id: playerId, friend_id: friendId, friend_action: 'Request' };
  await ask('friends', 202, { method: 'POST', path: '/friends', body });
  await until('the request of a friend', async () => {
    const { body } = await ask('friends', 200, { path: `/friends/${friendId}` });
    return body.includes('Pending') || undefined;
  });
  return { playerId, friendId };
}

async function createUser() {
  const body = { name: 'Grace', email: 'grace@example.com' };
  const { messageId } = json(accepted, await ask('users-async', 202, { method: 'POST', path: '/users', body }));
  const client = await serviceClient('users-async');
  const { userId } = await until('the user', async () => {
    const answer = await client.send({ path: `/status/${messageId}` });
    return answer.statusCode === 200 ? json(completed, answer) : undefined;
  });
  return { messageId, userId };
}
