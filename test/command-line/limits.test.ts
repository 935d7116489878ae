import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as z from 'zod';
import { root } from '#test/support/fixture-project.ts';
import { start } from '#test/support/npm-start.ts';

const apisSchema = z.array(z.object({ stack: z.string(), endpoint: z.string() }));

let endpoint: ReturnType<typeof start>;
let url: string;
let api: string;
beforeAll(async () => {
  // One write in 10 seconds for each partition, and one request a second.
  endpoint = start(root, '--services', 'products', '--limits', 'aws/10000');
  url = await endpoint.url();
  await endpoint.prints(/services? ready/);
  const apis = apisSchema.parse(await (await fetch(`${url}/_local/apis`)).json());
  api = apis.find(({ stack }) => stack === 'products-local')?.endpoint ?? '';
});
afterAll(() => endpoint.interrupt());

/** A request after a second in which the account takes one more. */
async function request(path: string, body?: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/_local/api/clock`, { method: 'POST', headers, body: JSON.stringify({ advanceMs: 1_000 }) });
  return fetch(`${api}${path}`, { headers, ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }) });
}

it('npm start -- --limits throttles a partition that all share, and none that belongs to one item', async () => {
  const price = { amount: 1999, currency: 'EUR' };
  const product = { name: 'Watering can', description: 'x'.repeat(2000), category: 'tools', price };
  const created = await request('/products', product);
  expect(created.status).toBe(201);
  // The partition of the catalogue owes two writes, which come back in 20 seconds.
  const throttled = await request('/products', product);
  expect([throttled.status, throttled.headers.get('retry-after')]).toStrictEqual([503, '1']);
  const { id } = z.object({ id: z.string() }).parse(await created.json());
  expect((await request(`/products/${id}`)).status).toBe(200);

  const { usages } = z
    .object({ usages: z.array(z.object({ quota: z.string(), resource: z.string(), refused: z.number() })) })
    .parse(await (await fetch(`${url}/_local/limits`)).json());
  const [refused] = usages.filter((usage) => usage.quota === 'partitionWrites' && usage.refused > 0);
  expect(refused?.resource).toMatch(/\/byCatalogue PRODUCTS$/);
});
