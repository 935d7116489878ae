import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { createDocumentClient, createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { lossyEndpoint } from '#test/support/lossy-endpoint.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { orderPlacer } from './data/order-placer.ts';
import { placedOrder } from './domain/order.ts';
import { handler as placeOrderFunction } from './handlers/place-order.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const network = await lossyEndpoint(engine.endpoint);
afterAll(async () => network[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/users/table.yml', 'CommerceTable');
const keys = await createTemplateTable(engine.endpoint, 'shared/serverless/idempotency-table.yml', 'IdempotencyTable');
const dynamoDb = createDynamoDbClient(awsConfig(network.endpoint));
afterAll(() => dynamoDb.destroy());
const placeOrder = placeOrderFunction.with({
  placeOrder: orderPlacer(createDocumentClient(dynamoDb), { commerce: table, idempotency: keys }),
});

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({ endpoint: engine.endpoint, region: 'us-east-1', credentials }),
);
afterAll(() => client.destroy());

const answered = z.object({ data: z.object({ OrderId: z.string() }) });
type Request = {
  readonly username: string;
  readonly key?: string;
  readonly amount?: number;
  readonly numItems?: number;
  readonly remainingMs?: number;
};

async function place({ username, key = 'key', amount = 1, numItems = 1, remainingMs = 10_000 }: Request) {
  const body = { amount, numItems, username };
  const event = restEvent({ method: 'POST', path: '/orders', body, headers: { 'Idempotency-Key': key } });
  return placeOrder(event, lambdaContext({ remainingMs }));
}
const orderIdOf = ({ body }: { readonly body: string }) => answered.parse(JSON.parse(body)).data.OrderId;

async function newUser(username: string): Promise<string> {
  const key = `CUSTOMER#${username}`;
  await client.send(new PutCommand({ TableName: table, Item: { PK: key, SK: key, Email: `${username}@example.com` } }));
  return username;
}

/** The orders of a user, and how many its item counts. */
async function ordersOf(username: string) {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :user',
      ExpressionAttributeValues: { ':user': `CUSTOMER#${username}` },
    }),
  );
  return { ids: Items.flatMap(({ OrderId }) => OrderId ?? []), counted: Items.at(-1)?.OrdersPlaced };
}

describe('an order under an Idempotency-Key is placed once', () => {
  it('when DynamoDB has written it and the answer is lost', async () => {
    const username = await newUser('lost');
    const first = await network.losing('answer', 'TransactWriteItems', () => place({ username }));
    expect(first.statusCode).toBe(504);
    const { ids } = await ordersOf(username);
    expect(ids).toHaveLength(1);
    for (let repetition = 0; repetition < 2; repetition++) {
      const again = await place({ username });
      expect(again.statusCode).toBe(201);
      expect([orderIdOf(again)]).toStrictEqual(ids);
      expect(again.headers.location ?? '').toMatch(new RegExp(ids[0]));
    }
    expect(await ordersOf(username)).toStrictEqual({ ids, counted: 1 });
  });

  it('when nothing has come to DynamoDB', async () => {
    const username = await newUser('unheard');
    const first = await network.losing('request', 'TransactWriteItems', () => place({ username }));
    expect(first.statusCode).toBe(504);
    expect((await place({ username })).statusCode).toBe(201);
    expect((await ordersOf(username)).ids).toHaveLength(1);
  });

  it('when it is sent several times at once and the answers are lost', async () => {
    const username = await newUser('crowd');
    await network.losing('answer', 'TransactWriteItems', () =>
      Promise.all(Array.from({ length: 4 }, () => place({ username }))),
    );
    const again = await place({ username });
    expect(await ordersOf(username)).toStrictEqual({ ids: [orderIdOf(again)], counted: 1 });
  });

  it('when the function dies while its transaction is in progress', async () => {
    const username = await newUser('dead');
    // A function that Lambda stops runs no code any more; what it has sent is done all the same.
    const first = await network.losing('answer', 'TransactWriteItems', () => place({ username, remainingMs: 101 }));
    expect(first.statusCode).toBe(504);
    const again = await place({ username });
    expect(again.statusCode).toBe(201);
    expect(await ordersOf(username)).toStrictEqual({ ids: [orderIdOf(again)], counted: 1 });
  });

  it('and another order under it is refused, whatever was lost', async () => {
    const username = await newUser('changed');
    await network.losing('answer', 'TransactWriteItems', () => place({ username, amount: 1 }));
    expect((await place({ username, amount: 2 })).statusCode).toBe(422);
    expect((await place({ username, numItems: 2 })).statusCode).toBe(422);
    expect((await place({ username, amount: 1 })).statusCode).toBe(201);
    expect((await ordersOf(username)).ids).toHaveLength(1);
  });

  it('whatever is lost, however often it is sent', async () => {
    let runs = 0;
    const losses = fc.record({
      loss: fc.constantFrom('request' as const, 'answer' as const),
      requests: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(losses, { minLength: 1, maxLength: 3 }), async (sequence) => {
        const username = await newUser(`any${runs++}`);
        for (const { loss, requests } of sequence) {
          await network.losing(loss, 'TransactWriteItems', () =>
            Promise.all(Array.from({ length: requests }, () => place({ username }))),
          );
        }
        const answer = await place({ username });
        expect(await ordersOf(username)).toStrictEqual({ ids: [orderIdOf(answer)], counted: 1 });
      }),
      { numRuns: 8 },
    );
  });

  it('by everybody who makes up the same key', async () => {
    const answers = [await place({ username: await newUser('one') }), await place({ username: await newUser('two') })];
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([201, 201]);
  });

  it('until the key is forgotten after a day', async () => {
    const username = await newUser('later');
    const placeOn = orderPlacer(client, { commerce: table, idempotency: keys });
    const at = (time: string) => placedOrder({ username, amount: 1, numItems: 1 }, new Date(time));
    const first = await placeOn(at('2026-01-01T00:00:00Z'), 'later');
    const order = 'item' in first ? first.item.order : undefined;
    expect(await placeOn(at('2026-01-01T23:59:59Z'), 'later')).toStrictEqual({ item: { order, isNew: false } });
    const next = at('2026-01-02T00:00:01Z');
    expect(await placeOn(next, 'later')).toStrictEqual({ item: { order: next, isNew: true } });
  });

  it('and is found under it though its user is gone', async () => {
    const username = await newUser('gone');
    const first = await network.losing('answer', 'TransactWriteItems', () => place({ username }));
    expect(first.statusCode).toBe(504);
    const { ids } = await ordersOf(username);
    const key = `CUSTOMER#${username}`;
    await client.send(new PutCommand({ TableName: table, Item: { PK: key, SK: key, DeletedAt: 'now' } }));
    expect([orderIdOf(await place({ username }))]).toStrictEqual(ids);
  });
});
