import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { sendStream } from './send-response.ts';

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
