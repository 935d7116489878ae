/** Takes the pictures of the console in `docs/images` from the running endpoint. `npm run screenshots -- --help` */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import { launchBrowser } from '#test/support/browser.ts';
import { endpointDefault, endpointUrl } from '../cli/endpoint-url.ts';

const usage = `Sends requests to the services on the running endpoint, and takes pictures of the console that shows them.

Usage: npm start, then npm run screenshots

Options:
  --out <folder>         where the pictures go (default docs/images)
  --endpoint-url <url>   where the endpoint is (default ${endpointDefault})
  --help                 show this text`;

const folder = join(import.meta.dirname, '..', '..', 'docs', 'images');
const apisSchema = z.array(z.object({ stack: z.string(), endpoint: z.string() }));
const tracesSchema = z.object({ traces: z.array(z.object({ traceId: z.string(), entry: z.string() })) });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: folder },
      'endpoint-url': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const url = endpointUrl(values['endpoint-url']);
  mkdirSync(values.out, { recursive: true });
  for (let round = 0; round < 3; round += 1) await sendRequests(url);

  await using browser = await launchBrowser();
  const shoot = async (name: string, address: string, { width = 1280, height = 800, prepare = settle } = {}) => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto(`${url}/${address}`);
    await prepare(page);
    await page.screenshot({ path: join(values.out, `console-${name}.png`) });
    await context.close();
    console.log(`console-${name}.png`);
  };
  const friend = await newestTrace(url, 'POST /friends');
  await shoot('services', '#/services');
  await shoot('requests', '#/requests');
  await shoot('request', `#/requests/${friend}`, { prepare: selectCall });
  await shoot('permissions', '#/permissions', { prepare: openRole });
  await shoot('phone', `#/requests/${friend}`, { width: 400, height: 800 });
}

/** Waits for the data and for what is animated at the start. */
async function settle(page: Page): Promise<void> {
  await page.locator('.map-node, .data-row').first().waitFor();
  await page.waitForTimeout(1500);
}

async function selectCall(page: Page): Promise<void> {
  await settle(page);
  await page.getByRole('row').filter({ hasText: 'SendMessage' }).first().click();
  await page.getByRole('region', { name: 'Span' }).waitFor();
}

async function openRole(page: Page): Promise<void> {
  await page
    .getByRole('link', { name: /createUser/ })
    .first()
    .click();
  await page.getByRole('tab', { name: /Granted/ }).waitFor();
}

/** A request to each service, as the README shows them. */
async function sendRequests(url: string): Promise<void> {
  const apis = apisSchema.parse(await (await fetch(`${url}/_local/apis`)).json());
  const send = async (service: string, path: string, body?: object): Promise<void> => {
    const api = apis.find(({ stack }) => stack === `${service}-local`);
    if (api === undefined) throw new Error(`${service} is not deployed to ${url}: run npm start.`);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    await fetch(api.endpoint + path, body === undefined ? {} : init);
  };
  const username = `ada-${randomUUID().slice(0, 8)}`;
  const email = `${username}@example.com`;
  await send('tasks', '/tasks', { title: 'Water the plants', dueAt: '2027-03-01T09:00:00Z' });
  await send('planner', '/planner?date=2027-03-01');
  await send('tasks', '/tasks?limit=500');
  await send('users-async', '/users', { name: 'Ada Lovelace', email });
  await send('users', '/users', { username, name: 'Ada Lovelace', email });
  await send('orders', '/orders', { username, amount: 42, numItems: 2 });
  await send('products', '/products', { name: 'Can', category: 'tools', price: { amount: 1, currency: 'EUR' } });
  await send('friends', '/friends', { player_id: username, friend_id: 'grace', friend_action: 'Request' });
}

async function newestTrace(url: string, entry: string): Promise<string> {
  const { traces } = tracesSchema.parse(await (await fetch(`${url}/_local/api/traces?limit=100`)).json());
  const found = traces.find((trace) => trace.entry === entry);
  if (found === undefined) throw new Error(`There is no request ${entry}.`);
  return found.traceId;
}

main().catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : error}\nRun with --help for the options.`);
  process.exitCode = 1;
});
