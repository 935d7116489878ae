import { readFileSync } from 'node:fs';
import { until } from 'local-aws/testing';
import type { Browser, Page, Request } from 'playwright-core';
import * as z from 'zod';
import { launchBrowser } from '#test/support/browser.ts';
import { type PageServer, servePages } from '#test/support/serve-pages.ts';

/** What an attack sends: by GET the URL alone, by POST also the body, with preflights also the headers. */
export type Target = {
  readonly url: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether each URL names the way in which it was sent. */
  readonly isMarked?: boolean;
};

/** A browser that shows a page of an attacker, who owns the names below `evil.example`. */
export type Attacker = AsyncDisposable & {
  /** Every way in which the page sends requests. */
  readonly ways: readonly string[];
  /**
   * Sends every request in every way; resolves once the browser is idle, with what the page could read, by the name of
   * the request and the way: `CreateTopic: image`.
   */
  attack(targets: Readonly<Record<string, Target>>): Promise<Readonly<Record<string, string>>>;
  /** Leads the user from the page to an address: by a link, or by a form that is sent by itself. */
  leadTo(target: Target, enctype?: 'application/x-www-form-urlencoded' | 'text/plain'): Promise<void>;
  /** Opens a page of the attacker whose name leads to `port` from now on: DNS rebinding. */
  rebind(port: number): Promise<void>;
};

const nothing = { body: '', headers: {}, isMarked: false };
const readsSchema = z.record(z.string(), z.string());
const home = '<!doctype html><script src="/attack.js"></script><body>';
const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** @param names further names that lead to 127.0.0.1 in the browser */
export async function startAttacker(names: readonly string[]): Promise<Attacker> {
  const running = new AsyncDisposableStack();
  const script = file('./attack.js');
  const site = running.use(
    await servePages(({ url }, response) => {
      const isScript = url?.endsWith('.js') === true;
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(url === '/attack-worker.js' ? file('./attack-worker.js') : isScript ? script : home);
    }),
  );
  const browser: Browser = await launchBrowser({
    hosts: Object.fromEntries(['evil.example', '*.evil.example', ...names].map((name) => [name, '127.0.0.1'])),
    args: [
      // Service workers need a secure context, which an attacker has by https.
      `--unsafely-treat-insecure-origin-as-secure=${siteUrl(site)}`,
      // The endpoint has to hold without what Chromium does for servers of the local network: other browsers do not.
      '--disable-features=LocalNetworkAccessChecks,IsolateOrigins,site-per-process',
      // A process for every site of a frame takes most of the time, and changes no request and no right to read.
      '--disable-site-isolation-trials',
    ],
  });
  running.defer(() => browser.close());
  const context = await browser.newContext();
  const pending = new Set<Request>();
  context.on('request', (request) => pending.add(request));
  context.on('requestfinished', (request) => pending.delete(request));
  context.on('requestfailed', (request) => pending.delete(request));
  const idle = (): Promise<unknown> => until('an idle browser', () => pending.size === 0);

  let page: Page = await context.newPage();
  // Never closed: Chromium can hang when a page is closed during a navigation.
  const visitor = await context.newPage();
  await page.goto(siteUrl(site));
  await page.evaluate(
    `navigator.serviceWorker.register('/attack-worker.js').then(() => navigator.serviceWorker.ready)`,
  );
  const ways = z.array(z.string()).parse(await page.evaluate('wayNames'));

  return {
    ways,
    async attack(targets) {
      await page.reload();
      const complete = Object.entries(targets).map(([name, target]) => [name, { ...nothing, ...target }] as const);
      const read = readsSchema.parse(await page.evaluate(`attack(${JSON.stringify(Object.fromEntries(complete))})`));
      await idle();
      return read;
    },
    async leadTo({ url, body = '' }, enctype) {
      await visitor.goto(siteUrl(site));
      // Some answers are downloads or empty: the page then stays where it is, so that it is no use to wait for a load.
      const left = visitor.waitForEvent('request', (request) => request.isNavigationRequest());
      await visitor.evaluate(`leadTo(${JSON.stringify({ url, body, enctype })})`);
      if ((await (await left).response()) === null) throw new Error(`there is no answer from ${url}`);
      await idle();
    },
    async rebind(port) {
      page = await context.newPage();
      const origin = `http://rebound.evil.example:${port}`;
      // The page and its script are what the attacker's own server answered before the name changed.
      await page.route(`${origin}/`, (route) => route.fulfill({ contentType: 'text/html', body: home }));
      await page.route(`${origin}/attack.js`, (route) =>
        route.fulfill({ contentType: 'text/javascript', body: script }),
      );
      await page.goto(`${origin}/`);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function siteUrl({ port }: PageServer): string {
  return `http://evil.example:${port}`;
}
