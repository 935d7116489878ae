import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import * as z from 'zod';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { useFunctionEnv } from '#test/support/function-env.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { lossyEndpoint } from '#test/support/lossy-endpoint.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';

const engine = await startDynamoDbEngine();
after(() => engine[Symbol.asyncDispose]());
const network = await lossyEndpoint(engine.endpoint);
after(() => network[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/users/table.yml', 'CommerceTable');
const keys = await createTemplateTable(engine.endpoint, 'shared/serverless/idempotency-table.yml', 'IdempotencyTable');
useFunctionEnv(network.endpoint, { COMMERCE_TABLE_NAME: table, IDEMPOTENCY_TABLE_NAME: keys });
const { handler } = await import('./handlers/place-order.ts');
const { orderPlacer } = await import('./place-order.ts');
const { placedOrder } = await import('./order.ts');

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({ endpoint: engine.endpoint, region: 'us-east-1', credentials }),
);
after(() => client.destroy());

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
  return handler(event, lambdaContext({ remainingMs }));
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

/** Until no other request is in progress under the key, as far as anybody knows. */
async function placeAgain(request: Request) {
  for (;;) {
    const answer = await place(request);
    if (answer.statusCode !== 409) return answer;
  }
}

describe('an order under an Idempotency-Key is placed once', () => {
  it('when DynamoDB has written it and the answer is lost', async () => {
    const username = await newUser('lost');
    const first = await network.losing('answer', 'TransactWriteItems', () => place({ username }));
    assert.equal(first.statusCode, 503);
    const { ids } = await ordersOf(username);
    assert.equal(ids.length, 1);
    for (let repetition = 0; repetition < 2; repetition++) {
      const again = await place({ username });
      assert.equal(again.statusCode, 201);
      assert.deepEqual([orderIdOf(again)], ids);
      assert.match(again.headers.location ?? '', new RegExp(ids[0]));
    }
    assert.deepEqual(await ordersOf(username), { ids, counted: 1 });
  });

  it('when nothing has come to DynamoDB', async () => {
    const username = await newUser('unheard');
    const first = await network.losing('request', 'TransactWriteItems', () => place({ username }));
    assert.equal(first.statusCode, 503);
    assert.equal((await place({ username })).statusCode, 201);
    assert.equal((await ordersOf(username)).ids.length, 1);
  });

  it('when the function dies before its answer is kept', async () => {
    const username = await newUser('dead');
    const first = await network.losing('request', 'UpdateItem', () => place({ username, remainingMs: 1000 }));
    assert.equal(first.statusCode, 503);
    const { ids } = await ordersOf(username);
    const again = await placeAgain({ username });
    assert.deepEqual([again.statusCode, orderIdOf(again)], [201, ids[0]]);
    assert.deepEqual(await ordersOf(username), { ids, counted: 1 });
  });

  it('and another order under it is refused, whatever was lost', async () => {
    const username = await newUser('changed');
    await network.losing('answer', 'TransactWriteItems', () => place({ username, amount: 1 }));
    assert.equal((await place({ username, amount: 2 })).statusCode, 422);
    assert.equal((await place({ username, numItems: 2 })).statusCode, 422);
    assert.equal((await place({ username, amount: 1 })).statusCode, 201);
    assert.equal((await ordersOf(username)).ids.length, 1);
  });

  it('whatever is lost, however often it is sent', async () => {
    let runs = 0;
    const losses = fc.record({
      loss: fc.constantFrom('request' as const, 'answer' as const),
      action: fc.constantFrom('PutItem', 'TransactWriteItems', 'UpdateItem', 'DeleteItem'),
      requests: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(losses, { minLength: 1, maxLength: 3 }), async (sequence) => {
        const username = await newUser(`any${runs++}`);
        const request = { username, remainingMs: 400 };
        for (const { loss, action, requests } of sequence) {
          await network.losing(loss, action, () => Promise.all(Array.from({ length: requests }, () => place(request))));
        }
        const answer = await placeAgain({ username });
        assert.deepEqual(await ordersOf(username), { ids: [orderIdOf(answer)], counted: 1 });
      }),
      { numRuns: 8 },
    );
  });

  it('by everybody who makes up the same key', async () => {
    const answers = [await place({ username: await newUser('one') }), await place({ username: await newUser('two') })];
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [201, 201],
    );
  });

  it('until the key is forgotten after a day', async () => {
    const username = await newUser('later');
    const placeOn = orderPlacer(client, { commerce: table, idempotency: keys });
    const at = (time: string) => placedOrder({ username, amount: 1, numItems: 1 }, new Date(time));
    const first = await placeOn(at('2026-01-01T00:00:00Z'), 'later');
    assert.deepEqual(await placeOn(at('2026-01-01T23:59:59Z'), 'later'), first);
    const next = at('2026-01-02T00:00:01Z');
    assert.deepEqual(await placeOn(next, 'later'), next);
  });

  it('and is found under it though its user is gone', async () => {
    const username = await newUser('gone');
    const first = await network.losing('answer', 'TransactWriteItems', () => place({ username }));
    assert.equal(first.statusCode, 503);
    const { ids } = await ordersOf(username);
    const key = `CUSTOMER#${username}`;
    await client.send(new PutCommand({ TableName: table, Item: { PK: key, SK: key, DeletedAt: 'now' } }));
    assert.deepEqual([orderIdOf(await place({ username }))], ids);
  });
});
