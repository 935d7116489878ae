import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { written } from '#shared/dynamodb/write-result.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { userRepository } from '../../users/src/data/user-repository.ts';
import { registerUser } from '../../users/src/domain/register-user.ts';
import { orderPlacer } from './data/order-placer.ts';
import { orderRepository } from './data/order-repository.ts';
import { placedOrder } from './domain/order.ts';

// Users and orders share a table: what one of them may do depends on what the other has written.
const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/users/table.yml', 'CommerceTable');
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }),
  { marshallOptions: { removeUndefinedValues: true } },
);
afterAll(() => client.destroy());
const users = userRepository(client, table);
const orders = orderRepository(client, table);
const placeOrder = orderPlacer(client, { commerce: table, idempotency: 'none' });

/** What went to the table: the operation, and how many items it read. */
let requests: { operation: string; read: number | undefined }[] = [];
const response = z.object({ output: z.object({ ScannedCount: z.number().optional() }) });
client.middlewareStack.add(
  (next, { commandName = '' }) =>
    async (args) => {
      const isConsistent = 'ConsistentRead' in args.input && args.input.ConsistentRead === true;
      const operation = commandName.replace(/Command$/, '') + (isConsistent ? ' of what is there now' : '');
      try {
        const result = await next(args);
        requests.push({ operation, read: response.parse(result).output.ScannedCount });
        return result;
      } catch (error) {
        requests.push({ operation, read: undefined });
        throw error;
      }
    },
  { step: 'initialize' },
);
/** Loses the answer to the next request, after it has had its effect: the SDK sends it again. */
let losesAnswer = false;
client.middlewareStack.add(
  (next) => async (args) => {
    const result = await next(args);
    if (!losesAnswer) return result;
    losesAnswer = false;
    throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
  },
  { step: 'deserialize', priority: 'low' },
);
/** What happens right after the next request of an operation, which may be refused. */
let afterwards: { readonly operation: string; readonly happens: () => Promise<unknown> } | undefined;
client.middlewareStack.add(
  (next, { commandName }) =>
    async (args) => {
      try {
        return await next(args);
      } finally {
        const due = afterwards;
        if (due !== undefined && commandName === due.operation) {
          afterwards = undefined;
          await due.happens();
        }
      }
    },
  { step: 'initialize' },
);
beforeEach(() => {
  requests = [];
});
const operations = () => requests.splice(0).map(({ operation }) => operation);

const now = () => new Date();
const newUser = (username: string, email = `${username}@example.com`) =>
  registerUser(users, { username, email, name: 'Any', userType: 'CUSTOMER' }, now());
async function place(username: string): Promise<string | undefined> {
  const placed = placedOrder({ username, amount: 1, numItems: 1 }, now());
  const result = await placeOrder(placed);
  return 'item' in result ? result.item.order.OrderId : undefined;
}
const cancel = (username: string, id = '') => orders.update(username, id, 'CANCEL', now().toISOString());

describe('each operation', () => {
  it('is one request to the table, but for moving an address and removing a user', async () => {
    await newUser('one');
    expect(operations()).toStrictEqual(['TransactWriteItems']);
    await users.find('one');
    expect(operations()).toStrictEqual(['GetItem of what is there now']);
    await users.list({ userType: 'CUSTOMER', limit: 10 });
    expect(operations()).toStrictEqual(['Query']);
    await users.setAddress('one', 'here');
    expect(operations()).toStrictEqual(['UpdateItem']);
    await users.change('one', { name: 'Two' });
    await users.change('one', { name: 'Three', email: 'one@example.com' });
    expect(operations()).toStrictEqual(['UpdateItem', 'UpdateItem']);
    await users.change('one', { email: 'three@example.com' });
    expect(operations()).toStrictEqual(['UpdateItem', 'TransactWriteItems']);

    const id = (await place('one')) ?? '';
    expect(operations()).toStrictEqual(['TransactWriteItems']);
    await orders.list({ username: 'one', limit: 10 });
    expect(operations()).toStrictEqual(['Query of what is there now']);
    await orders.find('one', id);
    expect(operations()).toStrictEqual(['GetItem of what is there now']);
    await cancel('one', id);
    expect(operations()).toStrictEqual(['UpdateItem']);
    await orders.remove('one', id);
    expect(operations()).toStrictEqual(['DeleteItem']);
    await users.remove('one', now());
    expect(operations()).toStrictEqual(['Query of what is there now', 'TransactWriteItems']);
  });

  it('reads as much of 600 orders as of 12', async () => {
    await newUser('few');
    await newUser('many');
    for (let count = 0; count < 12; count++) await place('few');
    for (let count = 0; count < 600; count += 50) {
      await Promise.all(Array.from({ length: 50 }, () => place('many')));
    }
    requests = [];
    await orders.list({ username: 'few', limit: 10 });
    await orders.list({ username: 'many', limit: 10 });
    expect(requests.map(({ read }) => read)).toStrictEqual([12, 12]);
  });
});

describe('changing the status of an order', () => {
  it('recognises its own change when the answer to it was lost', async () => {
    await newUser('lost');
    const id = (await place('lost')) ?? '';
    losesAnswer = true;
    const moved = await orders.update('lost', id, 'CONFIRMED', now().toISOString());
    expect(losesAnswer).toBe(false);
    expect(moved).toMatchObject({ item: { Status: 'CONFIRMED' } });
  });
});

describe('changing a user', () => {
  it('is tried again when another change has moved the address meanwhile', async () => {
    await newUser('twice');
    const move = () => users.change('twice', { email: 'first@example.com' });
    afterwards = { operation: 'UpdateItemCommand', happens: move };
    const changed = await users.change('twice', { email: 'second@example.com' });
    expect(changed).toMatchObject({ item: { Email: 'second@example.com' } });
    for (const address of ['twice@example.com', 'first@example.com'])
      await newUser(`heir-${address.slice(0, 5)}`, address);
  });
});

describe('removing a user', () => {
  it('is refused while an order is open', async () => {
    await newUser('open');
    const ids = [await place('open'), await place('open'), await place('open')];
    for (const id of ids) {
      expect(await users.remove('open', now())).toStrictEqual({ refused: 'open-orders' });
      await cancel('open', id);
    }
    expect(await users.remove('open', now())).toStrictEqual(written);
  });

  it('frees the address, but not the name of a user who had orders', async () => {
    await newUser('history', 'history@example.com');
    await cancel('history', await place('history'));
    expect(await users.remove('history', now())).toStrictEqual(written);
    expect(await users.find('history')).toBeUndefined();
    expect(await orders.list({ username: 'history', limit: 10 })).toBeUndefined();
    expect(await place('history')).toBeUndefined();
    expect(await users.remove('history', now())).toStrictEqual({ refused: 'not-found' });
    expect(await users.change('history', { name: 'x' })).toStrictEqual({ refused: 'not-found' });
    expect(await users.setAddress('history', 'x')).toStrictEqual({ refused: 'not-found' });
    await expect(newUser('history', 'other@example.com')).rejects.toMatchObject({ code: 'CONFLICT' });
    await newUser('heir', 'history@example.com');
  });

  it('never leaves an open order without its user, even at the same time', async () => {
    for (let round = 0; round < 30; round++) {
      const username = `race${round}`;
      await newUser(username);
      const [first, removal, second] = await Promise.all([
        place(username),
        users.remove(username, now()),
        place(username),
      ]);
      const hasUser = (await users.find(username)) !== undefined;
      expect(hasUser).toBe('refused' in removal);
      if (!hasUser) expect([first, second]).toStrictEqual([undefined, undefined]);
    }
  });

  it('is refused when an order is placed after the orders were read', async () => {
    for (const [username, count] of [
      ['beginner', 0],
      ['regular', 1],
    ] as const) {
      await newUser(username);
      for (let placed = 0; placed < count; placed++) await cancel(username, await place(username));
      afterwards = { operation: 'QueryCommand', happens: () => place(username) };
      expect(await users.remove(username, now())).toStrictEqual({ refused: 'open-orders' });
    }
  });

  it('frees the current address of the user', async () => {
    await newUser('moving');
    const move = () => users.change('moving', { email: 'moved@example.com' });
    afterwards = { operation: 'QueryCommand', happens: move };
    expect(await users.remove('moving', now())).toStrictEqual(written);
    await newUser('next', 'moved@example.com');
  });

  it('treats delivered orders as closed', async () => {
    await newUser('ends');
    const id = (await place('ends')) ?? '';
    for (const status of ['CONFIRMED', 'SHIPPED'] as const) {
      await orders.update('ends', id, status, now().toISOString());
      expect(await users.remove('ends', now())).toStrictEqual({ refused: 'open-orders' });
    }
    await orders.update('ends', id, 'DELIVERED', now().toISOString());
    expect(await users.remove('ends', now())).toStrictEqual(written);
  });

  it('reads all pages of the orders', async () => {
    const amount = 99_999_999_999.9999;
    // Each order is padded to 300 KB, so that a megabyte is three of them.
    const note = 'x'.repeat(300_000);
    for (const open of [0, 1, 2]) {
      const username = `long${open}`;
      await newUser(username);
      for (let count = 0; count < 5; count++) {
        const placed = placedOrder({ username, amount, numItems: 1 }, new Date(Date.UTC(2026, 0, 1 + count)));
        await placeOrder({ ...placed, ...{ Status: count === open ? 'PLACED' : 'CANCEL', note } });
      }
      expect(await users.remove(username, now())).toStrictEqual({ refused: 'open-orders' });
    }
  });
});
