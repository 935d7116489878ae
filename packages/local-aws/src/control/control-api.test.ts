import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import * as z from 'zod';
import { CredentialStore } from '../core/credentials.ts';
import { startEdge } from '../edge/server.ts';
import { type ControlRoute, controlApi, controlInput } from './control-api.ts';

const inputSchema = z.strictObject({ count: z.number().int() });
const json = { 'content-type': 'application/json' };

const routes: readonly ControlRoute[] = [
  { method: 'GET', path: '/_local/api/things/{name}', handle: (_request, { name }) => ({ body: { name } }) },
  { method: 'DELETE', path: '/_local/api/things/{name}', handle: () => ({ status: 204 }) },
  {
    method: 'POST',
    path: '/_local/api/things',
    handle: (request) => ({ status: 201, body: controlInput(inputSchema, request) }),
  },
  {
    method: 'GET',
    path: '/_local/api/live',
    handle: () => ({
      headers: { 'content-type': 'text/event-stream' },
      body: Readable.from(['data: 1\n\n', 'data: 2\n\n']),
    }),
  },
];

async function start(t: TestContext): Promise<string> {
  const edge = await startEdge({
    port: 0,
    apis: {},
    frontends: [],
    pages: {},
    controlApi: controlApi(routes),
    credentials: new CredentialStore(),
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => edge.close());
  return `http://127.0.0.1:${edge.port}/_local/api`;
}

test('a route answers with JSON, and gets the parameters of its path decoded', async (t) => {
  const url = await start(t);
  const answer = await fetch(`${url}/things/caf%C3%A9`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.deepEqual(await answer.json(), { name: 'café' });
});

test('a route can answer without a body, and with a stream', async (t) => {
  const url = await start(t);
  const deleted = await fetch(`${url}/things/a`, { method: 'DELETE' });
  assert.deepEqual([deleted.status, await deleted.text()], [204, '']);
  const streamed = await fetch(`${url}/live`);
  assert.equal(streamed.headers.get('content-type'), 'text/event-stream');
  assert.equal(await streamed.text(), 'data: 1\n\ndata: 2\n\n');
});

test('unknown paths and methods are refused with 404 and 405', async (t) => {
  const url = await start(t);
  assert.equal((await fetch(`${url}/other`)).status, 404);
  const refused = await fetch(`${url}/things/a`, { method: 'PUT' });
  assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, DELETE']);
});

test('input that does not match the schema is refused with 400, and names the member', async (t) => {
  const url = await start(t);
  const post = (body: string) => fetch(`${url}/things`, { method: 'POST', headers: json, body });
  assert.equal((await post('{"count":1}')).status, 201);
  for (const body of ['{"count":"1"}', '{}', '', '[]', '{"count":1', '{"count":1,"more":2}', '['.repeat(100_000)]) {
    const answer = await post(body);
    assert.equal(answer.status, 400, body.slice(0, 20));
    assert.match(await answer.text(), /(?:Validation|Serialization)Exception/);
  }
  assert.match(await (await post('{"count":"1"}')).text(), /at count/);
});

test('a POST that a web page could send without a preflight is refused', async (t) => {
  const url = await start(t);
  const body = '{"count":1}';
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain; a=application/json']) {
    const answer = await fetch(`${url}/things`, { method: 'POST', headers: { 'content-type': type }, body });
    assert.equal(answer.status, 415, type);
  }
  for (const origin of ['https://evil.example', 'http://localhost:5173', 'null']) {
    const answer = await fetch(`${url}/things`, { method: 'POST', headers: { ...json, origin }, body });
    assert.equal(answer.status, 403, origin);
    const read = await fetch(`${url}/things/a`, { headers: { origin } });
    assert.equal(read.status, 403, origin);
    const preflight = await fetch(`${url}/things`, { method: 'OPTIONS', headers: { origin } });
    assert.equal(preflight.status, 403, origin);
  }
});
