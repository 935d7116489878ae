import { once } from 'node:events';
import { createServer } from 'node:http';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type EngineAddress,
  freeEngineAddress,
  portsThatBrowsersRefuse,
  startDynamoDbEngine,
} from 'local-aws/dynamodb-engine';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '#test/support/browser.ts';
import { servePages } from '#test/support/serve-pages.ts';
import { attackPage } from './attack-page.ts';

/** A web server that counts connections and lists the paths of requests. */
async function startTarget({ host, port }: EngineAddress) {
  let connections = 0;
  const requests = new Set<string>();
  const server = createServer((request, response) => {
    requests.add(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*').end();
  }).on('connection', () => {
    connections += 1;
  });
  server.on('upgrade', (_request, socket) => {
    requests.add('(upgrade)');
    socket.destroy();
  });
  await once(server.listen(port, host), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the target is not listening');
  return {
    port: address.port,
    connections: () => connections,
    requests: () => [...requests].sort(),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An engine whose table `secret` has one item. */
async function startEngineWithSecret(address: EngineAddress) {
  const engine = await startDynamoDbEngine({ address });
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'secret',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  await client.send(new PutItemCommand({ TableName: 'secret', Item: { id: { S: 'a' }, text: { S: 'true' } } }));
  return {
    async text(): Promise<string | undefined> {
      const { Item } = await client.send(new GetItemCommand({ TableName: 'secret', Key: { id: { S: 'a' } } }));
      return Item?.text?.S;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await engine[Symbol.asyncDispose]();
    },
  };
}

const freePort = async (): Promise<number> => {
  await using server = await servePages((_request, response) => response.end());
  return server.port;
};

describe('a web page of another origin', () => {
  const stack = new AsyncDisposableStack();
  let engineAddress: EngineAddress;
  let browser: Browser;
  let pageUrl: string;

  beforeAll(async () => {
    engineAddress = await freeEngineAddress();
    const pages = await servePages((_request, response) => {
      response.setHeader('content-type', 'text/html').end(attackPage);
    });
    stack.use(pages);
    pageUrl = `http://evil.example:${pages.port}/`;
    browser = await launchBrowser({
      // The second name is that of a page whose owner lets it lead to the engine.
      hosts: { 'evil.example': '127.0.0.1', 'rebound.example': engineAddress.host },
    });
    stack.use(browser);
  });
  afterAll(() => stack.disposeAsync());

  async function attack(...bases: readonly string[]): Promise<unknown> {
    const page = await browser.newPage();
    await page.goto(pageUrl);
    const secrets: unknown = await page.evaluate(`Promise.all(${JSON.stringify(bases)}.map(attack))`);
    await page.close();
    return secrets;
  }

  async function navigate(url: string): Promise<void> {
    const page = await browser.newPage();
    await page.goto(url).finally(() => page.close());
  }

  it('reaches a server on an ordinary port in every way that it tries', async () => {
    await using target = await startTarget({ host: engineAddress.host, port: 0 });
    await attack(`http://rebound.example:${target.port}`);
    expect(target.requests()).toStrictEqual([
      '(upgrade)',
      '/',
      '/audio',
      '/beacon',
      '/events',
      '/iframe',
      '/img',
      '/no-cors',
      '/object',
      '/prefetch',
      '/script',
      '/style',
      '/worker',
    ]);
  });

  it('reads and changes the tables of an engine on an ordinary port', async () => {
    const address = { host: engineAddress.host, port: await freePort() };
    await using engine = await startEngineWithSecret(address);
    expect(await attack(`http://${address.host}:${address.port}`)).toStrictEqual(['forged']);
    expect(await engine.text()).toBe('forged');
  });

  it('neither reads nor changes the tables of an engine where it listens by default', async () => {
    await using engine = await startEngineWithSecret(engineAddress);
    const bases = [engineAddress.host, 'rebound.example'].map((name) => `http://${name}:${engineAddress.port}`);
    expect(await attack(...bases)).toStrictEqual([undefined, undefined]);
    for (const base of bases) await expect(navigate(base)).rejects.toThrow(/ERR_UNSAFE_PORT/);
    expect(await engine.text()).toBe('true');
  });

  it('makes no connection to any port that an engine may listen on', async () => {
    await using stack = new AsyncDisposableStack();
    const targets = await Promise.all(
      portsThatBrowsersRefuse.map(async (port) => stack.use(await startTarget({ host: engineAddress.host, port }))),
    );
    await attack(...targets.map(({ port }) => `http://rebound.example:${port}`));
    for (const { port } of targets) {
      await expect(navigate(`http://${engineAddress.host}:${port}/`)).rejects.toThrow(/ERR_UNSAFE_PORT/);
    }
    expect(targets.filter(({ connections }) => connections() > 0).map(({ port }) => port)).toStrictEqual([]);
  });
});
