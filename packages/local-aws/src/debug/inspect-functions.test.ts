import assert from 'node:assert/strict';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { zip } from '../lambda/lambda.fixture.ts';
import { until } from '../testing/until.ts';

const listSchema = z.array(z.object({ webSocketDebuggerUrl: z.string() }));

/** An endpoint whose functions can be debugged, with one function that has run once. */
async function start(t: TestContext, code: string) {
  const logs: string[] = [];
  const endpoint: Endpoint = await startEndpoint({
    inspect: 0,
    iam: false,
    onLog: (_group, message) => logs.push(message),
  });
  const client = new LambdaClient(endpoint.clientConfig);
  t.after(async () => {
    client.destroy();
    await endpoint.close();
  });
  await client.send(
    new CreateFunctionCommand({
      FunctionName: 'greet',
      Role: 'arn:aws:iam::000000000000:role/greet',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 60,
      Code: { ZipFile: zip({ 'index.js': code }) },
    }),
  );
  const call = async (): Promise<unknown> => {
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'greet' }));
    return JSON.parse(Payload?.transformToString() ?? '');
  };
  return { url: `127.0.0.1:${endpoint.inspectPort}`, port: endpoint.inspectPort, call, logs, first: await call() };
}

function statusOf(
  port: number | undefined,
  path: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers })
      .on('response', (response) => resolve(response.resume().statusCode))
      .on('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end();
  });
}

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

test('no web page reaches an inspector', async (t) => {
  const { port } = await start(t, 'exports.handler = async () => 1');
  const list = listSchema.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).json());
  for (const path of [new URL(list[0]?.webSocketDebuggerUrl ?? '').pathname, '/greet']) {
    for (const origin of ['https://evil.example', 'http://localhost:3000', 'null', '']) {
      assert.equal(await statusOf(port, path, { ...upgrade, origin }), 403, `${path} ${origin}`);
    }
    assert.equal(await statusOf(port, path, { ...upgrade, host: 'rebound.evil.example' }), 421);
    assert.equal(await statusOf(port, path, { ...upgrade, origin: 'devtools://devtools' }), 101);
    assert.equal(await statusOf(port, path, upgrade), 101);
  }
  assert.equal(await statusOf(port, '/json/list', { host: 'rebound.evil.example' }), 421);
  assert.equal(await statusOf(port, '/json/list', { origin: 'https://evil.example' }), 403);
  assert.equal(await statusOf(port, '/unknown', upgrade), 404);
  assert.equal(await statusOf(port, '/unknown', {}), 404);
});

test('a debugger statement has no effect and no log line while no debugger is attached', async (t) => {
  const { first, logs, url } = await start(t, 'exports.handler = async () => { debugger; return 1 }');
  assert.equal(first, 1);
  const socket = new WebSocket(`ws://${url}/greet`);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.close();
  assert.deepEqual(
    logs.filter((line) => /debugger/i.test(line)),
    [],
  );
});

test('a process that ends is not listed any more', async (t) => {
  const { url, call } = await start(t, 'exports.handler = async () => process.exit(1)');
  await call();
  await until('an empty list', async () => {
    const list: unknown = await (await fetch(`http://${url}/json/list`)).json();
    return Array.isArray(list) && list.length === 0;
  });
});

test('what VS Code gives to the processes that it launches reaches functions', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'bootloader-'));
  const bootloader = join(folder.path, 'bootloader.cjs');
  writeFileSync(bootloader, 'globalThis.isBooted = process.env.VSCODE_INSPECTOR_OPTIONS');
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env.NODE_OPTIONS = `--require ${JSON.stringify(bootloader)}`;
  process.env.VSCODE_INSPECTOR_OPTIONS = ':::{}';
  assert.equal((await start(t, 'exports.handler = async () => globalThis.isBooted')).first, ':::{}');
});
