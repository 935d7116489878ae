import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { useFunctionEnv } from '#test/support/function-env.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';

const engine = await startDynamoDbEngine();
after(() => engine[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/products/table.yml', 'ProductsTable');
useFunctionEnv(engine.endpoint, { PRODUCTS_TABLE_NAME: table });

const { handler } = await import('./handlers/products.ts');
const { productsService } = await import('./service.ts');

const product = z.strictObject({
  id: z.uuidv7(),
  name: z.string(),
  description: z.string().optional(),
  category: z.string(),
  price: z.strictObject({ amount: z.int(), currency: z.string() }),
  createdAt: z.string(),
  updatedAt: z.string(),
});
const errorBody = z.strictObject({
  message: z.string(),
  code: z.string(),
  requestId: z.literal('c6af9ac6-7b61-11e6-9a41-93e8deadbeef'),
  details: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

type Request = Parameters<typeof restEvent>[0];
const contract = loadContract('products.yml');
const content = { name: 'Watering can', category: 'garden-tools', price: { amount: 1999, currency: 'EUR' } };
const unknownId = '0197d2a0-0000-7000-8000-000000000000';

/** Calls the function as the gateway does; whatever it answers must be what the specification promises. */
async function call(operationId: string, request: Request) {
  const response = await handler(restEvent(request), lambdaContext());
  contract.checkAnswer(operationId, response);
  return { ...response, json: response.body === '' ? undefined : JSON.parse(response.body) };
}

const create = (body: unknown = content) => call('createProduct', { method: 'POST', path: '/products', body });
const list = (query: string) => call('listProducts', { path: '/products', query });
const item = (operationId: string, productId: string, request: Request) =>
  call(operationId, {
    path: `/products/${productId}`,
    resource: '/products/{productId}',
    pathParameters: { productId },
    ...request,
  });
const get = (id: string) => item('getProduct', id, {});
const replace = (id: string, ifMatch: string | undefined, body: unknown = content) =>
  item('replaceProduct', id, {
    method: 'PUT',
    body,
    ...(ifMatch !== undefined && { headers: { 'If-Match': ifMatch } }),
  });
const remove = (id: string, ifMatch?: string) =>
  item('deleteProduct', id, { method: 'DELETE', ...(ifMatch !== undefined && { headers: { 'If-Match': ifMatch } }) });
const nextQuery = (link: string | undefined) => {
  const target = /^<(.+)>; rel="next"$/.exec(link ?? '')?.[1];
  return target && new URL(target, 'https://api.example/dev/products').search.slice(1);
};
const errorOf = ({ statusCode, json }: { statusCode: number; json: unknown }) => {
  const { code, details } = errorBody.parse(json);
  return { statusCode, code, paths: details?.map(({ path }) => path) };
};

describe('creating a product', () => {
  it('answers 201 with the product, where it is and its entity tag', async () => {
    const { statusCode, headers, json } = await create({ ...content, description: 'Ten litres' });
    assert.equal(statusCode, 201);
    const { id, createdAt, updatedAt, ...rest } = product.parse(json);
    assert.deepEqual(rest, { ...content, description: 'Ten litres' });
    assert.equal(createdAt, updatedAt);
    const location = new URL(headers.location ?? '', 'https://api.example/dev/products');
    assert.equal(location.href, `https://api.example/dev/products/${id}`);
    const read = await get(id);
    assert.deepEqual([read.json, read.headers.etag], [json, headers.etag]);
  });

  it('lists every problem of a body at once', async () => {
    const answer = await create({ name: '', category: 'No!', price: { amount: -1, currency: 'euro' }, stock: 3 });
    assert.deepEqual(errorOf(answer).paths, [
      'body.name',
      'body.category',
      'body.price.amount',
      'body.price.currency',
      'body.stock',
    ]);
  });
});

describe('replacing a product', () => {
  it('makes a new version of the one that the client has seen', async () => {
    const created = await create({ ...content, description: 'gone' });
    const { statusCode, headers, json } = await replace(created.json.id, created.headers.etag, {
      ...content,
      name: 'Can',
    });
    assert.equal(statusCode, 200);
    assert.notEqual(headers.etag, created.headers.etag);
    const { updatedAt, ...rest } = product.parse(json);
    assert.deepEqual(rest, { ...content, id: created.json.id, name: 'Can', createdAt: created.json.createdAt });
    assert.ok(updatedAt >= created.json.updatedAt);
    const read = await get(created.json.id);
    assert.deepEqual([read.json, read.headers.etag], [json, headers.etag]);
  });

  it('is refused with 412 when somebody was faster', async () => {
    const created = await create();
    const { id } = created.json;
    assert.equal((await replace(id, created.headers.etag)).statusCode, 200);
    for (const stale of [created.headers.etag ?? '', '"99"', '"of-another-service"', `W/${created.headers.etag}`]) {
      assert.deepEqual(errorOf(await replace(id, stale)), {
        statusCode: 412,
        code: 'PRECONDITION_FAILED',
        paths: undefined,
      });
    }
    const current = (await get(id)).headers.etag;
    assert.equal((await replace(id, `${created.headers.etag}, ${current}`)).statusCode, 200);
    assert.equal((await replace(id, '*')).statusCode, 200);
  });

  it('asks for If-Match with 428, and for a well-formed one with 400', async () => {
    const { json } = await create();
    assert.deepEqual(errorOf(await replace(json.id, undefined)), {
      statusCode: 428,
      code: 'PRECONDITION_REQUIRED',
      paths: undefined,
    });
    assert.deepEqual(errorOf(await replace(json.id, '1')).paths, ['headers.if-match']);
  });

  it('is a 404 for an unknown product, whatever is expected of it', async () => {
    for (const ifMatch of ['*', '"1"', '"x"']) {
      assert.equal(errorOf(await replace(unknownId, ifMatch)).statusCode, 404);
    }
  });
});

describe('deleting a product', () => {
  it('is counted, as its creation was', async (t) => {
    const added = t.mock.method(productsService.metrics, 'addMetric').mock;
    const { json } = await create();
    await remove(json.id);
    assert.deepEqual(
      added.calls.map(({ arguments: [name, , value] }) => [name, value]),
      [
        ['ProductsCreated', 1],
        ['ProductsDeleted', 1],
      ],
    );
  });

  it('needs no If-Match, and respects one', async () => {
    const created = await create();
    const { id } = created.json;
    await replace(id, created.headers.etag);
    assert.equal(errorOf(await remove(id, created.headers.etag)).statusCode, 412);
    const deleted = await remove(id);
    assert.deepEqual([deleted.statusCode, deleted.body], [204, '']);
    const answers = [await remove(id), await remove(id, '"1"'), await get(id), await replace(id, '*')];
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [404, 404, 404, 404],
    );
  });
});

describe('the list of products', () => {
  it('shows a category, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 5; number++) {
      // Ids of the same millisecond are in no order.
      for (const start = Date.now(); Date.now() === start; );
      ids.unshift((await create({ ...content, category: 'paged', name: `${number}` })).json.id);
    }
    const seen: string[] = [];
    let pages = 0;
    for (let query: string | undefined = 'limit=2&category=paged'; query !== undefined; pages++) {
      const { json, headers } = await list(query);
      seen.push(
        ...z
          .array(product)
          .parse(json)
          .map(({ id }) => id),
      );
      query = nextQuery(headers.link);
    }
    assert.deepEqual(seen, ids);
    assert.equal(pages, 3);
    assert.deepEqual(
      (await list('limit=5')).json.map(({ id }: { id: string }) => id),
      ids,
    );
    assert.deepEqual((await list('category=nothing-of-it')).json, []);
  });

  it('refuses a token of another list, and bad parameters, all in one answer', async () => {
    const next = nextQuery((await list('limit=1')).headers.link) ?? '';
    assert.equal((await list(next)).statusCode, 200);
    for (const query of [`${next}&category=paged`, 'nextToken=e30', 'nextToken=x']) {
      assert.deepEqual(errorOf(await list(query)).paths, ['query.nextToken'], query);
    }
    assert.deepEqual(errorOf(await list('limit=0&category=NO&sort=asc')).paths?.sort(), [
      'query.category',
      'query.limit',
      'query.sort',
    ]);
  });
});

describe('a failure that nobody foresaw', () => {
  it('is a 500 that shows nothing of its cause', async () => {
    const client = new DynamoDBClient({ endpoint: engine.endpoint });
    await client.send(new DeleteTableCommand({ TableName: table }));
    client.destroy();
    for (const answer of [await create(), await list(''), await get(unknownId), await replace(unknownId, '*')]) {
      assert.equal(answer.statusCode, 500);
      const { message, code } = errorBody.parse(answer.json);
      assert.deepEqual([message, code], ['Internal server error', 'INTERNAL_ERROR']);
      assert.doesNotMatch(answer.body, /table|resource|dynamo|stack/i);
    }
  });
});
