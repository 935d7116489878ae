import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { ProductContent } from '../domain/product.ts';
import { createProduct } from '../domain/product.ts';
import { productRepository } from './product-repository.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/products/table.yml', 'ProductsTable');
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }),
  { marshallOptions: { removeUndefinedValues: true } },
);
afterAll(() => client.destroy());
const products = productRepository(client, table);
const content: ProductContent = { name: 'x', category: 'tools', price: { amount: 1, currency: 'EUR' } };

/** What went to the table: the operation, and how many items it read. */
let requests: { operation: string | undefined; read: number | undefined }[] = [];
const response = z.object({ output: z.object({ ScannedCount: z.number().optional() }) });
client.middlewareStack.add(
  (next, { commandName }) =>
    async (args) => {
      const result = await next(args);
      const isConsistent = 'ConsistentRead' in args.input && args.input.ConsistentRead === true;
      const operation = isConsistent ? `${commandName} of what is there now` : commandName;
      requests.push({ operation, read: response.parse(result).output.ScannedCount });
      return result;
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
beforeEach(() => {
  requests = [];
});

describe('each operation', () => {
  it('is one request to the table', async () => {
    const { product, version } = await products.add(createProduct(content, new Date()));
    await products.find(product.id);
    await products.replace(product.id, [version], content, product.updatedAt);
    await products.list({ limit: 50 });
    await products.list({ limit: 50, category: 'tools' });
    await products.remove(product.id, 'any');
    expect(requests.map(({ operation }) => operation)).toStrictEqual([
      'PutItemCommand',
      'GetItemCommand of what is there now',
      'UpdateItemCommand',
      'QueryCommand',
      'QueryCommand',
      'DeleteItemCommand',
    ]);
  });

  it('tells an unknown product from one that has changed', async () => {
    const { product } = await products.add(createProduct(content, new Date()));
    const unknown = createProduct(content, new Date()).id;
    for (const expected of ['any', [1], []] as const) {
      expect(await products.replace(unknown, expected, content, product.updatedAt)).toStrictEqual({
        refused: 'not-found',
      });
      expect(await products.remove(unknown, expected)).toStrictEqual({ refused: 'not-found' });
    }
    for (const expected of [[2], [], [0]]) {
      expect(await products.replace(product.id, expected, content, product.updatedAt)).toStrictEqual({
        refused: 'changed',
      });
      expect(await products.remove(product.id, expected)).toStrictEqual({ refused: 'changed' });
    }
  });

  it('counts versions, and accepts any of those expected', async () => {
    const { product } = await products.add(createProduct(content, new Date()));
    const versions = [];
    for (const expected of [[1], [1, 2], 'any'] as const) {
      const replaced = await products.replace(product.id, expected, content, product.updatedAt);
      versions.push('item' in replaced ? replaced.item.version : replaced.refused);
    }
    expect(versions).toStrictEqual([2, 3, 4]);
  });

  it('recognises its own replacement when the answer to it was lost', async () => {
    const { product } = await products.add(createProduct(content, new Date()));
    losesAnswer = true;
    const replaced = await products.replace(product.id, [1], { ...content, name: 'new' }, product.updatedAt);
    expect(losesAnswer).toBe(false);
    expect(replaced).toStrictEqual({ item: { product: { ...product, name: 'new' }, version: 2 } });
  });

  it('accepts one of many concurrent replacements of the same version', async () => {
    const { product } = await products.add(createProduct(content, new Date()));
    const attempts = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        products.replace(product.id, [1], { ...content, name: `${index}` }, product.updatedAt),
      ),
    );
    const winners = attempts.flatMap((attempt) => ('item' in attempt ? [attempt.item] : []));
    expect(winners).toHaveLength(1);
    expect((await products.find(product.id))?.product).toStrictEqual(winners[0]?.product);
  });
});

describe('a page of a long catalogue', () => {
  const start = Date.UTC(2026, 0, 1);
  const all = Array.from({ length: 600 }, (_, index) =>
    createProduct(
      { ...content, name: `${index}`, category: index % 10 === 0 ? 'rare' : 'common' },
      new Date(start + index),
    ),
  );
  beforeAll(async () => {
    for (let from = 0; from < all.length; from += 50) {
      await Promise.all(all.slice(from, from + 50).map((product) => products.add(product)));
    }
  });

  it('reads the page and one product more', async () => {
    await products.list({ limit: 20 });
    await products.list({ limit: 20, category: 'rare' });
    await products.list({ limit: 20, category: 'none' });
    expect(requests.map(({ read }) => read)).toStrictEqual([21, 21, 0]);
  });

  it('is complete page by page, newest first', async () => {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await products.list({ limit: 7, category: 'rare', ...(nextToken !== undefined && { nextToken }) });
      names.push(...page.items.map(({ name }) => name));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    expect(names).toStrictEqual(Array.from({ length: 60 }, (_, index) => `${590 - index * 10}`));
  });
});
