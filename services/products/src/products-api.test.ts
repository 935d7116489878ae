import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { createDocumentClient, createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { productRepository } from './data/product-repository.ts';
import { handler as productsFunction } from './handlers/products.ts';
import { service } from './service.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/products/table.yml', 'ProductsTable');
const client = createDynamoDbClient(awsConfig(engine.endpoint));
afterAll(() => client.destroy());
const products = productsFunction.with({ products: productRepository(createDocumentClient(client), table) });

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
  const response = await products(restEvent(request), lambdaContext());
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
    expect(statusCode).toBe(201);
    const { id, createdAt, updatedAt, ...rest } = product.parse(json);
    expect(rest).toStrictEqual({ ...content, description: 'Ten litres' });
    expect(createdAt).toBe(updatedAt);
    const location = new URL(headers.location ?? '', 'https://api.example/dev/products');
    expect(location.href).toBe(`https://api.example/dev/products/${id}`);
    const read = await get(id);
    expect([read.json, read.headers.etag]).toStrictEqual([json, headers.etag]);
  });

  it('refuses a price that would be rounded', async () => {
    for (const amount of ['1999.0000000000000001', '99999999999.00000000000001', '1e400']) {
      const body = JSON.stringify(content).replace(String(content.price.amount), amount);
      const { details } = (await create(body)).json;
      expect(details).toStrictEqual([{ path: 'body.price.amount', message: 'has more digits than can be kept' }]);
    }
    expect((await create(JSON.stringify(content).replace('1999', '1999.0'))).statusCode).toBe(201);
  });

  it('lists every problem of a body at once', async () => {
    const answer = await create({ name: '', category: 'No!', price: { amount: -1, currency: 'euro' }, stock: 3 });
    expect(errorOf(answer).paths).toStrictEqual([
      'body.name',
      'body.category',
      'body.price.amount',
      'body.price.currency',
      'body.stock',
    ]);
  });
});

describe('reading a product', () => {
  const known = (id: string, ifNoneMatch: string) =>
    item('getProduct', id, { headers: { 'If-None-Match': ifNoneMatch } });

  it('that the client has answers 304 with its entity tag and no body', async () => {
    const created = await create();
    const { id } = created.json;
    const tag = created.headers.etag ?? '';
    for (const field of [tag, `W/${tag}`, `"99", ${tag}`, '*']) {
      const { statusCode, headers, body } = await known(id, field);
      expect([statusCode, headers.etag, headers['cache-control'], body]).toStrictEqual([
        304,
        tag,
        'private, no-cache',
        '',
      ]);
    }
  });

  it('that has changed answers it whole', async () => {
    const created = await create();
    const { id } = created.json;
    const replaced = await replace(id, created.headers.etag);
    const { statusCode, headers, json } = await known(id, created.headers.etag ?? '');
    expect([statusCode, headers.etag, json]).toStrictEqual([200, replaced.headers.etag, replaced.json]);
  });

  it('with a field that is no list of entity tags is refused', async () => {
    const { json } = await create();
    expect(errorOf(await known(json.id, '1')).paths).toStrictEqual(['headers.if-none-match']);
  });
});

describe('replacing a product', () => {
  it('makes a new version of the one that the client has seen', async () => {
    const created = await create({ ...content, description: 'gone' });
    const { statusCode, headers, json } = await replace(created.json.id, created.headers.etag, {
      ...content,
      name: 'Can',
    });
    expect(statusCode).toBe(200);
    expect(headers.etag).not.toBe(created.headers.etag);
    const { updatedAt, ...rest } = product.parse(json);
    expect(rest).toStrictEqual({ ...content, id: created.json.id, name: 'Can', createdAt: created.json.createdAt });
    expect(updatedAt >= created.json.updatedAt).toBe(true);
    const read = await get(created.json.id);
    expect([read.json, read.headers.etag]).toStrictEqual([json, headers.etag]);
  });

  it('is refused with 412 when somebody was faster', async () => {
    const created = await create();
    const { id } = created.json;
    expect((await replace(id, created.headers.etag)).statusCode).toBe(200);
    for (const stale of [created.headers.etag ?? '', '"99"', '"of-another-service"', `W/${created.headers.etag}`]) {
      expect(errorOf(await replace(id, stale))).toStrictEqual({
        statusCode: 412,
        code: 'PRECONDITION_FAILED',
        paths: undefined,
      });
    }
    const current = (await get(id)).headers.etag;
    expect((await replace(id, `${created.headers.etag}, ${current}`)).statusCode).toBe(200);
    expect((await replace(id, '*')).statusCode).toBe(200);
  });

  it('asks for If-Match with 428, and for a well-formed one with 400', async () => {
    const { json } = await create();
    expect(errorOf(await replace(json.id, undefined))).toStrictEqual({
      statusCode: 428,
      code: 'PRECONDITION_REQUIRED',
      paths: undefined,
    });
    expect(errorOf(await replace(json.id, '1')).paths).toStrictEqual(['headers.if-match']);
  });

  it('is a 404 for an unknown product, whatever is expected of it', async () => {
    for (const ifMatch of ['*', '"1"', '"x"']) {
      expect(errorOf(await replace(unknownId, ifMatch)).statusCode).toBe(404);
    }
  });
});

describe('deleting a product', () => {
  it('is counted, as its creation was', async () => {
    const added = jest.spyOn(service.metrics, 'addMetric').mock;
    const { json } = await create();
    await remove(json.id);
    expect(added.calls.map(([name, , value]) => [name, value])).toStrictEqual([
      ['ProductsCreated', 1],
      ['ProductsDeleted', 1],
    ]);
  });

  it('needs no If-Match, and respects one', async () => {
    const created = await create();
    const { id } = created.json;
    await replace(id, created.headers.etag);
    expect(errorOf(await remove(id, created.headers.etag)).statusCode).toBe(412);
    const deleted = await remove(id);
    expect([deleted.statusCode, deleted.body]).toStrictEqual([204, '']);
    const answers = [await remove(id), await remove(id, '"1"'), await get(id), await replace(id, '*')];
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([404, 404, 404, 404]);
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
    expect(seen).toStrictEqual(ids);
    expect(pages).toBe(3);
    expect((await list('limit=5')).json.map(({ id }: { id: string }) => id)).toStrictEqual(ids);
    expect((await list('category=nothing-of-it')).json).toStrictEqual([]);
  });

  it('may be kept by shared caches for some seconds if it needs no token, else by those of its caller', async () => {
    const cachingFor = async (caller: object) => (await call('listProducts', { path: '/products', ...caller })).headers;
    expect((await cachingFor({}))['cache-control']).toBe('public, max-age=5');
    expect((await cachingFor({ sub: 'ada' }))['cache-control']).toBe('private, max-age=5');
  });

  it('refuses a token of another list, and bad parameters, all in one answer', async () => {
    const next = nextQuery((await list('limit=1')).headers.link) ?? '';
    expect((await list(next)).statusCode).toBe(200);
    for (const query of [`${next}&category=paged`, 'nextToken=e30', 'nextToken=x']) {
      expect(errorOf(await list(query)).paths).toStrictEqual(['query.nextToken']);
    }
    expect(errorOf(await list('limit=0&category=NO&sort=asc')).paths?.sort()).toStrictEqual([
      'query.category',
      'query.limit',
      'query.sort',
    ]);
  });
});

describe('an unexpected failure', () => {
  it('is a 500 that shows nothing of its cause', async () => {
    await client.send(new DeleteTableCommand({ TableName: table }));
    for (const answer of [await create(), await list(''), await get(unknownId), await replace(unknownId, '*')]) {
      expect(answer.statusCode).toBe(500);
      const { message, code } = errorBody.parse(answer.json);
      expect([message, code]).toStrictEqual(['Internal server error', 'INTERNAL_ERROR']);
      expect(answer.body).not.toMatch(/table|resource|dynamo|stack/i);
    }
  });
});
