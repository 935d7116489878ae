import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { send, sendStream } from './send-response.ts';

/** The answer of a server to a request whose client may have gone. */
async function responseOf(work: (response: ServerResponse, hangUp: () => void) => Promise<void>): Promise<void> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const request = get({ host: '127.0.0.1', port: address.port });
  request.on('error', () => {});
  try {
    const { promise, resolve } = Promise.withResolvers<ServerResponse>();
    server.once('request', (_request, response) => resolve(response));
    await work(await promise, () => request.destroy());
  } finally {
    request.destroy();
    server.close();
  }
}

test('a client that has gone before a stream begins ends the stream', () =>
  responseOf(async (response, hangUp) => {
    const closed = once(response, 'close');
    hangUp();
    await closed;
    const body = new PassThrough();
    await sendStream(response, 200, [], body);
    assert.equal(body.destroyed, true);
  }));

test('a client that goes while it reads ends the stream', () =>
  responseOf(async (response, hangUp) => {
    const body = new PassThrough();
    const sent = sendStream(response, 200, [], body);
    body.write('a');
    hangUp();
    await sent;
    assert.equal(body.destroyed, true);
  }));

test('the failure of a stream is not taken for a client that has gone', () =>
  responseOf(async (response) => {
    const body = new PassThrough();
    const sent = sendStream(response, 200, [], body);
    body.destroy(new Error('broken'));
    await assert.rejects(sent, /broken/);
  }));

test('a whole response comes with its length, and with the bytes of its head and body', async () => {
  for (const body of ['gr\u00fc\u00df \u{1f600}', Buffer.from([0, 127, 128, 255]), 'a'.repeat(100_000), '']) {
    const server = createServer((_request, response) => send(response, 201, [['x-name', 'caf\u00e9']], body));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const request = get({ host: '127.0.0.1', port: address.port, agent: false });
    const [response] = await once(request, 'response');
    const bytes = Buffer.concat(await response.toArray());
    assert.deepEqual(bytes, Buffer.from(body));
    assert.equal(response.headers['content-length'], String(bytes.length));
    assert.equal(response.headers['transfer-encoding'], undefined);
    assert.equal(response.headers['x-name'], 'caf\u00e9');
    server.close();
  }
});

test('an answer to HEAD, and one without a body, have no length', async () => {
  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const) {
    const server = createServer((_request, response) => send(response, status, [], method === 'HEAD' ? 'a' : ''));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const request = get({ host: '127.0.0.1', port: address.port, method, agent: false });
    const [response] = await once(request, 'response');
    assert.equal(response.headers['content-length'], undefined, `${method} ${status}`);
    response.resume();
    await once(response, 'end');
    server.close();
  }
});
