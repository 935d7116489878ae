import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { checkErrorBody, loadContract } from '#test/support/openapi-contract.ts';
import { type Answer, json, type Request, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { useStage } from '#test/support/stage.ts';

useStage();
const contract = loadContract('products.yml');
const product = z.object({ id: z.string(), name: z.string(), category: z.string() });
const content = { name: 'Watering can', category: 'garden-tools', price: { amount: 1999, currency: 'EUR' } };

describe('products', () => {
  let client: ServiceClient;
  beforeAll(async () => {
    client = await serviceClient('products');
  });

  /** Sends a request and compares the answer with the specification. */
  async function call(operationId: string, request: Request): Promise<Answer> {
    const answer = await client.send(request);
    contract.checkAnswer(operationId, answer);
    return answer;
  }

  async function create(changes: object = {}): Promise<{ path: string; etag: string; answer: Answer }> {
    const answer = await call('createProduct', { method: 'POST', path: '/products', body: { ...content, ...changes } });
    expect(answer).toMatchObject({ statusCode: 201 });
    const location = new URL(answer.headers.location ?? '', `${client.url}/products`).href;
    return { path: location.slice(client.url.length), etag: answer.headers.etag ?? '', answer };
  }

  const replace = (path: string, etag: string | undefined, body: object = content) =>
    call('replaceProduct', { method: 'PUT', path, body, headers: etag === undefined ? {} : { 'if-match': etag } });

  it('creates a product, whose Location leads to it under the same entity tag', async () => {
    const { path, etag, answer } = await create({ name: 'Gießkanne 🌱', description: '"10 l"' });
    const read = await call('getProduct', { path });
    expect([read.statusCode, read.headers.etag]).toStrictEqual([200, etag]);
    expect(JSON.parse(read.body)).toStrictEqual(JSON.parse(answer.body));
    const known = await call('getProduct', { path, headers: { 'if-none-match': `W/${etag}` } });
    expect([known.statusCode, known.headers.etag, known.body]).toStrictEqual([304, etag, '']);
  });

  it('lets one of two who have seen the same version replace it', async () => {
    const { path, etag } = await create();
    const answers = await Promise.all(['Red', 'Blue'].map((name) => replace(path, etag, { ...content, name })));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toStrictEqual([200, 412]);
    const winner = answers.find(({ statusCode }) => statusCode === 200);
    const read = await call('getProduct', { path });
    expect([read.body, read.headers.etag]).toStrictEqual([winner?.body, winner?.headers.etag]);
    expect((await replace(path, read.headers.etag)).statusCode).toBe(200);
  });

  it('refuses to replace a product without If-Match', async () => {
    const { path } = await create();
    expect((await replace(path, undefined)).statusCode).toBe(428);
    expect((await replace(path, 'no tag')).statusCode).toBe(400);
    expect((await replace(path, '*')).statusCode).toBe(200);
  });

  it('deletes a product once', async () => {
    const { path, etag } = await create();
    await replace(path, etag);
    const remove = (headers: Record<string, string>) => call('deleteProduct', { method: 'DELETE', path, headers });
    expect((await remove({ 'if-match': etag })).statusCode).toBe(412);
    expect((await remove({})).statusCode).toBe(204);
    expect((await remove({})).statusCode).toBe(404);
    expect((await call('getProduct', { path })).statusCode).toBe(404);
    expect((await replace(path, '*')).statusCode).toBe(404);
  });

  it('lists a category and the whole catalogue, newest first, by links relative to the request', async () => {
    const category = `c-${randomUUID()}`;
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.unshift(json(product, (await create({ category })).answer).id);
    const found = await until('the products in the list', async () => {
      const pages = await pagesOf(`category=${category}`, 2);
      return pages.flat().length === ids.length ? pages : undefined;
    });
    expect(found.map((page) => page.length)).toStrictEqual([2, 2, 1]);
    expect(found.flat().map(({ id }) => id)).toStrictEqual(ids.toSorted().reverse());
    const newest = json(z.array(product), await call('listProducts', { path: '/products?limit=100' }));
    expect(ids.every((id) => newest.some((listed) => listed.id === id))).toBe(true);
  });

  /** Every page from `query` on, as a client reads them that follows `Link`. */
  async function pagesOf(query: string, limit: number): Promise<z.infer<typeof product>[][]> {
    const pages: z.infer<typeof product>[][] = [];
    let next: string | undefined = `${client.url}/products?limit=${limit}&${query}`;
    while (next !== undefined) {
      const address: string = next;
      const answer = await call('listProducts', { path: address.slice(client.url.length) });
      expect(answer).toMatchObject({ statusCode: 200 });
      pages.push(json(z.array(product), answer));
      const target = /^<([^>]+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1];
      next = target === undefined ? undefined : new URL(target, address).href;
    }
    return pages;
  }

  it('leaves a method that is not offered to the gateway', async () => {
    const { path } = await create();
    for (const [method, at] of [
      ['PATCH', path],
      ['DELETE', '/products'],
      ['POST', path],
    ] as const) {
      const answer = await client.send({ method, path: at });
      expect(answer).toMatchObject({ statusCode: 404 });
      expect(answer.headers['x-correlation-id']).toBeUndefined();
      checkErrorBody(answer.body);
    }
    const preflight = await client.send({ method: 'OPTIONS', path });
    expect(preflight.headers['access-control-allow-methods'] ?? '').toMatch(/PUT/);
    expect(preflight.headers['access-control-allow-headers'] ?? '').toMatch(/If-Match/);
  });

  it('names every problem of a bad request', async () => {
    const body = { name: '', category: 'No Category', price: { amount: 0.5 }, colour: 'red' };
    const answer = await call('createProduct', { method: 'POST', path: '/products', body });
    expect(answer).toMatchObject({ statusCode: 400 });
    const { details } = json(z.object({ details: z.array(z.object({ path: z.string() })) }), answer);
    expect(details.map(({ path }) => path)).toStrictEqual([
      'body.name',
      'body.category',
      'body.price.amount',
      'body.price.currency',
      'body.colour',
    ]);
  });
});
