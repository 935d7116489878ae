import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { type OrderStatus, orderStatus } from '#shared/commerce-table/order-status.ts';
import { createDocumentClient, createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import type { HttpFunction } from '#shared/http/http-handler.ts';
import type { Wired } from '#shared/service.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { orderPlacer } from './data/order-placer.ts';
import { orderRepository } from './data/order-repository.ts';
import { newKsuid } from './domain/ksuid.ts';
import { handler as deleteOrder } from './handlers/delete-order.ts';
import { handler as getOrder } from './handlers/get-order.ts';
import { handler as listOrders } from './handlers/list-orders.ts';
import { handler as placeOrder } from './handlers/place-order.ts';
import { handler as updateOrder } from './handlers/update-order.ts';
import { placementService, service } from './service.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const { endpoint } = engine;
const table = await createTemplateTable(endpoint, 'services/users/table.yml', 'CommerceTable');
const keys = await createTemplateTable(endpoint, 'shared/serverless/idempotency-table.yml', 'IdempotencyTable');
const dynamoDb = createDynamoDbClient(awsConfig(endpoint));
const client = createDocumentClient(dynamoDb);
afterAll(() => dynamoDb.destroy());
const dependencies = {
  orders: orderRepository(client, table),
  placeOrder: orderPlacer(client, { commerce: table, idempotency: keys }),
};
type Operation = Wired<HttpFunction, typeof dependencies>;

type Request = Parameters<typeof restEvent>[0];
const contract = loadContract('orders.yml');
const operationIds = new Map<Operation, string>([
  [placeOrder, 'placeOrder'],
  [listOrders, 'listOrders'],
  [getOrder, 'getOrder'],
  [updateOrder, 'updateOrder'],
  [deleteOrder, 'deleteOrder'],
]);
const order = z.strictObject({
  PK: z.string(),
  SK: z.string(),
  OrderId: z.string(),
  CreatedAt: z.string(),
  UpdatedAt: z.string().optional(),
  Status: z.string(),
  Amount: z.number(),
  NumberItems: z.number(),
});
const done = z.strictObject({ message: z.string(), success: z.literal(true), data: order });
const page = z.strictObject({
  message: z.literal('orders fetched successfully'),
  data: z.array(z.looseObject({ PK: z.string(), OrderId: z.string().optional() })),
  nextToken: z.string().optional(),
});
const errorBody = z.looseObject({ code: z.string(), details: z.array(z.looseObject({ path: z.string() })).optional() });

/** Calls a function as the gateway does; whatever it answers must be what the specification promises. */
async function call(handler: Operation, request: Request) {
  const response = await handler.with(dependencies)(restEvent(request), lambdaContext());
  contract.checkAnswer(operationIds.get(handler) ?? '', response);
  return { ...response, json: response.body === '' ? undefined : JSON.parse(response.body) };
}

const place = (body: unknown, headers: Record<string, string> = {}) =>
  call(placeOrder, { method: 'POST', path: '/orders', body, headers });
const list = (query: string) => call(listOrders, { path: '/orders', query });
const item = (handler: Operation, orderId: string, request: Request = {}) =>
  call(handler, { path: `/orders/${orderId}`, pathParameters: { order_id: orderId }, ...request });
const update = (orderId: string, username: string, status: string) =>
  item(updateOrder, orderId, { method: 'PUT', body: { username, status } });
const remove = (orderId: string, username: string) =>
  item(deleteOrder, orderId, { method: 'DELETE', query: `username=${username}` });
const errorOf = ({ statusCode, json }: { statusCode: number; json: unknown }) => {
  const { code, details } = errorBody.parse(json);
  return { statusCode, code, paths: details?.map(({ path }) => path) };
};

let number = 0;
/** A user as the users service writes one. */
async function anyUser(): Promise<string> {
  const username = `user${number++}`;
  const key = `CUSTOMER#${username}`;
  const user = { Username: username, Name: 'Any', Email: `${username}@example.com`, UserType: 'CUSTOMER' };
  const index = { GSI1PK: 'USERTYPE#CUSTOMER', GSI1SK: `2026-01-01T00:00:00.000Z#${username}` };
  const Item = { PK: key, SK: key, ...user, ...index, CreatedAt: '2026-01-01T00:00:00.000Z' };
  await client.send(new PutCommand({ TableName: table, Item }));
  return username;
}
async function anyOrder(username: string, amount = 1): Promise<string> {
  return done.parse((await place({ amount, numItems: 1, username })).json).data.OrderId;
}

describe('placing an order', () => {
  it('answers 201 with the order and where it is', async () => {
    const username = await anyUser();
    const { statusCode, headers, json } = await place({ amount: 19.99, numItems: 2, username });
    expect(statusCode).toBe(201);
    const { message, data } = done.parse(json);
    const { OrderId, CreatedAt, SK, ...rest } = data;
    expect(message).toBe('Order placed successfully');
    expect(rest).toStrictEqual({ PK: `CUSTOMER#${username}`, Status: 'PLACED', Amount: 19.99, NumberItems: 2 });
    expect(SK).toBe(`#ORDER#${OrderId}`);
    expect(Math.abs(Date.parse(CreatedAt) - Date.now())).toBeLessThan(60_000);
    const location = new URL(headers.location ?? '', 'https://api.example/dev/orders');
    expect(location.href).toBe(`https://api.example/dev/orders/${OrderId}?username=${username}`);
    expect((await item(getOrder, OrderId, { query: location.search.slice(1) })).json.data).toStrictEqual(data);
  });

  it('keeps every amount to its last digit', async () => {
    const username = await anyUser();
    for (const text of ['0.1', '0.0001', '19.99', '1234567.89', '4503599627.37', '99999999999.9999', '99999999999']) {
      const placed = await place(`{"amount":${text},"numItems":1,"username":"${username}"}`, {
        'Content-Type': 'application/json',
      });
      expect(placed.body).toMatch(new RegExp(`"Amount":${text.replace('.', '\\.')},`));
      const { OrderId } = done.parse(placed.json).data;
      const found = await item(getOrder, OrderId, { query: `username=${username}` });
      expect(found.body).toMatch(new RegExp(`"Amount":${text.replace('.', '\\.')},`));
    }
  });

  it('refuses amounts that are none, and lists every problem', async () => {
    const username = await anyUser();
    for (const text of [
      // A double rounds each of these to a valid amount.
      '19.990000000000000001',
      '0.10000000000000000001',
      '99999999999.99990000000000000001',
      '1.00000000000000000000000000001e1',
      '123456789012345678901e-15',
    ]) {
      const answer = await place(`{"amount":${text},"numItems":1,"username":"${username}"}`);
      expect(answer.json.details).toStrictEqual([{ path: 'body.amount', message: 'has more digits than can be kept' }]);
    }
    const many = await place(`{"amount":1,"numItems":2.0000000000000000001,"username":"${username}"}`);
    expect(errorOf(many).paths).toStrictEqual(['body.numItems']);
    for (const amount of [0, -1, 0.00001, 1e11, 5e-324, 1e300, 0.1 + 0.2, '1', null]) {
      expect(errorOf(await place({ amount, numItems: 1, username })).paths).toStrictEqual(['body.amount']);
    }
    const answer = await place({ amount: 0, numItems: 1.5, username: '', note: 'x' });
    expect(errorOf(answer).paths).toStrictEqual(['body.amount', 'body.numItems', 'body.username', 'body.note']);
  });

  it('needs a user', async () => {
    expect(errorOf(await place({ amount: 1, numItems: 1, username: 'nobody' })).statusCode).toBe(404);
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { PK: 'CUSTOMER#nobody', SK: 'CUSTOMER#nobody' } }),
    );
    expect(Item).toBeUndefined();
  });
});

describe('an Idempotency-Key', () => {
  const count = async (username: string) => page.parse((await list(`username=${username}`)).json).data.length - 1;

  it('gives a repeated request the answer of the first, to the byte', async () => {
    const username = await anyUser();
    const body = { amount: 19.99, numItems: 2, username };
    const first = await place(body, { 'Idempotency-Key': 'same' });
    const second = await place({ username, numItems: 2, amount: 19.99 }, { 'idempotency-key': 'same' });
    expect([second.statusCode, second.body]).toStrictEqual([201, first.body]);
    expect(second.headers.location).toBe(first.headers.location);
    expect(await count(username)).toBe(1);
  });

  it('takes the user for the same in another case', async () => {
    const username = await anyUser();
    const headers = { 'Idempotency-Key': 'case' };
    const first = await place({ amount: 1, numItems: 1, username }, headers);
    const second = await place({ amount: 1, numItems: 1, username: username.toUpperCase() }, headers);
    expect([second.statusCode, second.body]).toStrictEqual([201, first.body]);
    expect(await count(username)).toBe(1);
  });

  it('refuses another body with 422', async () => {
    const username = await anyUser();
    const headers = { 'Idempotency-Key': 'other' };
    expect((await place({ amount: 1, numItems: 1, username }, headers)).statusCode).toBe(201);
    const answer = await place({ amount: 2, numItems: 1, username }, headers);
    expect(errorOf(answer)).toStrictEqual({ statusCode: 422, code: 'UNPROCESSABLE', paths: undefined });
    expect(await count(username)).toBe(1);
  });

  it('places one order for many requests at once', async () => {
    const username = await anyUser();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => place({ amount: 1, numItems: 1, username }, { 'Idempotency-Key': 'many' })),
    );
    expect(await count(username)).toBe(1);
    const placed = answers.filter(({ statusCode }) => statusCode === 201);
    expect(new Set(placed.map(({ body }) => body)).size).toBe(1);
    // Transactions on one item that meet too often end in a 503.
    for (const { statusCode, headers } of answers) {
      expect(statusCode === 201 || (statusCode === 503 && headers['retry-after'] === '1')).toBe(true);
    }
  });

  it('adds one write to those of an order, and none when the request is repeated', async () => {
    const username = await anyUser();
    const writes: unknown[] = [];
    const name = 'countWrites';
    client.middlewareStack.add(
      (next) => (args) => {
        writes.push('TransactItems' in args.input ? args.input.TransactItems : args.input);
        return next(args);
      },
      { step: 'initialize', name },
    );
    try {
      await place({ amount: 1, numItems: 1, username });
      await place({ amount: 1, numItems: 1, username }, { 'Idempotency-Key': 'writes' });
      await place({ amount: 1, numItems: 1, username }, { 'Idempotency-Key': 'writes' });
    } finally {
      client.middlewareStack.remove(name);
    }
    expect(writes.map((items) => (Array.isArray(items) ? items.length : 1))).toStrictEqual([2, 3, 3]);
    expect(await count(username)).toBe(2);
  });

  it('is counted as one order', async () => {
    const added = jest.spyOn(placementService.metrics, 'addMetric');
    const username = await anyUser();
    for (let sent = 0; sent < 2; sent++) {
      await place({ amount: 1, numItems: 1, username }, { 'Idempotency-Key': 'counted' });
    }
    expect(added.mock.calls.map(([metric]) => metric)).toStrictEqual(['OrdersPlaced']);
  });

  it('may be used again after a failure', async () => {
    const headers = { 'Idempotency-Key': 'again' };
    const username = `user${number}`;
    const body = { amount: 1, numItems: 1, username };
    expect((await place(body, headers)).statusCode).toBe(404);
    expect(await anyUser()).toBe(username);
    expect((await place(body, headers)).statusCode).toBe(201);
  });

  it('must be printable and of bounded length', async () => {
    for (const key of ['', 'a b', 'ü', 'x'.repeat(256)]) {
      const answer = await place({ amount: 1, numItems: 1, username: 'x1' }, { 'Idempotency-Key': key });
      expect(errorOf(answer).paths).toStrictEqual(['headers.idempotency-key']);
    }
  });
});

describe('the list of orders', () => {
  it('begins with the user, then the newest order', async () => {
    const username = await anyUser();
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      // Ids of the same millisecond are in no order.
      for (const start = Date.now(); Date.now() === start; );
      ids.unshift(await anyOrder(username, count + 1));
    }
    const [user, ...orders] = page.parse((await list(`username=${username.toUpperCase()}`)).json).data;
    expect(user).toStrictEqual({
      PK: `CUSTOMER#${username}`,
      SK: `CUSTOMER#${username}`,
      Username: username,
      Name: 'Any',
      Email: `${username}@example.com`,
      UserType: 'CUSTOMER',
      CreatedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(orders.map(({ OrderId }) => OrderId)).toStrictEqual(ids);
  });

  it('pages to the end without loss, at any size', async () => {
    const username = await anyUser();
    const ids = new Set<string>();
    for (let count = 0; count < 12; count++) ids.add(await anyOrder(username));
    for (const limit of [1, 5, 6, 12, 100]) {
      const seen: (string | undefined)[] = [];
      let users = 0;
      let next = '';
      do {
        const { data, nextToken } = page.parse((await list(`username=${username}&limit=${limit}${next}`)).json);
        users += data.filter(({ OrderId }) => OrderId === undefined).length;
        seen.push(...data.flatMap(({ OrderId }) => OrderId ?? []));
        next = nextToken === undefined ? '' : `&nextToken=${nextToken}`;
      } while (next !== '');
      expect(users).toBe(1);
      expect(seen).toHaveLength(12);
      expect(new Set(seen)).toStrictEqual(ids);
    }
  });

  it('has no next page for an unknown user, and for a user without orders', async () => {
    expect(errorOf(await list('username=nobody')).statusCode).toBe(404);
    const { data, nextToken } = page.parse((await list(`username=${await anyUser()}`)).json);
    expect([data.length, nextToken]).toStrictEqual([1, undefined]);
  });

  it('refuses a token of another user and one that is none', async () => {
    const username = await anyUser();
    for (let count = 0; count < 2; count++) await anyOrder(username);
    const { nextToken } = page.parse((await list(`username=${username}&limit=1`)).json);
    for (const query of [`username=${await anyUser()}&nextToken=${nextToken}`, `username=${username}&nextToken=x`]) {
      expect(errorOf(await list(query)).paths).toStrictEqual(['query.nextToken']);
    }
    expect(errorOf(await list('limit=101&sort=asc')).paths?.sort()).toStrictEqual([
      'query.limit',
      'query.sort',
      'query.username',
    ]);
  });
});

describe('moving an order on', () => {
  it('takes every legal transition and no other', async () => {
    const username = await anyUser();
    /** How an order gets to a status. */
    const ways = {
      PLACED: [],
      CONFIRMED: ['CONFIRMED'],
      SHIPPED: ['CONFIRMED', 'SHIPPED'],
      DELIVERED: ['CONFIRMED', 'SHIPPED', 'DELIVERED'],
      CANCEL: ['CANCEL'],
    };
    const legal: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
      PLACED: ['CONFIRMED', 'CANCEL'],
      CONFIRMED: ['SHIPPED', 'CANCEL'],
      SHIPPED: ['DELIVERED'],
      DELIVERED: [],
      CANCEL: [],
    };
    for (const from of orderStatus.options) {
      for (const to of orderStatus.options) {
        const id = await anyOrder(username);
        for (const status of ways[from]) expect((await update(id, username, status)).statusCode).toBe(200);
        const answer = await update(id, username, to);
        const isLegal = legal[from].includes(to);
        expect(answer.statusCode).toBe(isLegal ? 200 : 409);
        const { data } = (await item(getOrder, id, { query: `username=${username}` })).json;
        expect(data.Status).toBe(isLegal ? to : from);
      }
    }
  });

  it('answers with the order and when it was moved', async () => {
    const username = await anyUser();
    const id = await anyOrder(username, 12.34);
    const { message, data } = done.parse((await update(id, username, 'CONFIRMED')).json);
    expect(message).toBe('Order updated successfully');
    expect([data.OrderId, data.Status, data.Amount]).toStrictEqual([id, 'CONFIRMED', 12.34]);
    expect((data.UpdatedAt ?? '') >= data.CreatedAt).toBe(true);
  });

  it('lets one of two win that want to confirm and to cancel a shipment', async () => {
    const username = await anyUser();
    for (let round = 0; round < 10; round++) {
      const id = await anyOrder(username);
      await update(id, username, 'CONFIRMED');
      const answers = await Promise.all([update(id, username, 'SHIPPED'), update(id, username, 'CANCEL')]);
      expect(answers.map(({ statusCode }) => statusCode).sort()).toStrictEqual([200, 409]);
    }
  });

  it('needs an order of that user', async () => {
    const id = await anyOrder(await anyUser());
    expect(errorOf(await update(id, await anyUser(), 'CONFIRMED')).statusCode).toBe(404);
    expect(errorOf(await update(newKsuid(new Date()), await anyUser(), 'PLACED')).statusCode).toBe(404);
    expect(errorOf(await update('x', 'y', 'SENT')).paths).toStrictEqual([
      'path.order_id',
      'body.username',
      'body.status',
    ]);
  });
});

describe('deleting an order', () => {
  it('is for cancelled ones', async () => {
    const username = await anyUser();
    const id = await anyOrder(username);
    expect(errorOf(await remove(id, username)).statusCode).toBe(409);
    await update(id, username, 'CANCEL');
    expect((await remove(id, username)).statusCode).toBe(204);
    expect(errorOf(await remove(id, username)).statusCode).toBe(404);
    expect(errorOf(await item(getOrder, id, { query: `username=${username}` })).statusCode).toBe(404);
  });
});

describe('a caller', () => {
  const as = (sub: string, username: string, orderId: string) => [
    () => call(placeOrder, { method: 'POST', path: '/orders', body: { amount: 1, numItems: 1, username }, sub }),
    () => call(listOrders, { path: '/orders', query: `username=${username}`, sub }),
    () => item(getOrder, orderId, { query: `username=${username}`, sub }),
    () => item(updateOrder, orderId, { method: 'PUT', body: { username, status: 'CANCEL' }, sub }),
    () => item(deleteOrder, orderId, { method: 'DELETE', query: `username=${username}`, sub }),
  ];

  it('acts on the orders of the user who is called as its subject, in any case, and is counted', async () => {
    const added = [placementService, service].map(({ metrics }) => jest.spyOn(metrics, 'addMetric').mock);
    const username = await anyUser();
    const statuses: number[] = [];
    for (const act of as(username, username.toUpperCase(), await anyOrder(username))) {
      statuses.push((await act()).statusCode);
    }
    expect(statuses).toStrictEqual([201, 200, 200, 200, 204]);
    expect(added.flatMap(({ calls }) => calls.map(([name, , value]) => [name, value]))).toStrictEqual([
      // The order that is moved and deleted is another one.
      ['OrdersPlaced', 1],
      ['OrdersPlaced', 1],
      ['OrdersUpdated', 1],
      ['OrdersDeleted', 1],
    ]);
  });

  it('does not act on the orders of another user', async () => {
    const username = await anyUser();
    const orderId = await anyOrder(username);
    for (const act of as('mallory', username, orderId)) expect((await act()).statusCode).toBe(403);
    const { json } = await item(getOrder, orderId, { query: `username=${username}` });
    expect(json.data.Status).toBe('PLACED');
    expect(page.parse((await list(`username=${username}`)).json).data).toHaveLength(2);
  });
});
