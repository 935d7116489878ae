import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { AwsError } from '../../core/aws-error.ts';
import { ManualClock } from '../../core/clock.ts';
import { startTestGateway } from './test-gateway.fixture.ts';

/** An API whose function returns what the test says next. */
async function startResponder(t: Parameters<typeof startTestGateway>[0], BinaryMediaTypes: string[] = []) {
  let result: unknown;
  const gateway = await startTestGateway(t, { lambda: () => result });
  const api = await gateway.deploy({ 'ANY /x': {} }, { api: { BinaryMediaTypes } });
  return async (next: unknown, headers: Record<string, string> = {}, method = 'GET') => {
    result = next;
    return api.send(method, '/x', { headers });
  };
}

test('status, headers and body come from the function', async (t) => {
  const respond = await startResponder(t);
  const answer = await respond({ statusCode: 201, headers: { Location: '/x/1', 'X-N': 5, 'X-B': true }, body: '{}' });
  assert.equal(answer.status, 201);
  assert.equal(answer.body, '{}');
  assert.equal(answer.headers.location, '/x/1');
  assert.equal(answer.headers['x-n'], '5');
  assert.equal(answer.headers['x-b'], 'true');
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.match(String(answer.headers['x-amzn-requestid']), /^[0-9a-f-]{36}$/);
  assert.match(String(answer.headers['x-amz-apigw-id']), /=$/);
  assert.match(String(answer.headers['x-amzn-trace-id']), /^Root=1-/);
});

test('what API Gateway takes for a response', async (t) => {
  const respond = await startResponder(t);
  for (const [result, status, body] of [
    [{ headers: {} }, 200, ''],
    [{ statusCode: '201' }, 201, ''],
    [{ statusCode: 200, headers: null, multiValueHeaders: null, body: null, isBase64Encoded: null }, 200, ''],
    [{ statusCode: 200, body: 5 }, 200, '5'],
    [{}, 200, ''],
  ] as const) {
    const answer = await respond(result);
    assert.deepEqual([answer.status, answer.body], [status, body], JSON.stringify(result));
  }
});

test('whatever else a function returns is a 502', async (t) => {
  const respond = await startResponder(t);
  for (const result of [
    'text',
    null,
    [],
    5,
    { statusCode: 'test' },
    { statusCode: 99 },
    { statusCode: 700 },
    { statusCode: 200.5 },
    { statusCode: 200, unknown: 1 },
    { statusCode: 200, cookies: [] },
    { statusCode: 200, body: { a: 1 } },
    { statusCode: 200, headers: [] },
    { statusCode: 200, headers: { a: {} } },
    { statusCode: 200, headers: { 'not a name': 'v' } },
    { statusCode: 200, headers: { a: 'one\r\ntwo: 2' } },
    { statusCode: 200, multiValueHeaders: { a: 'v' } },
  ]) {
    const answer = await respond(result);
    assert.equal(answer.status, 502, JSON.stringify(result));
    assert.equal(answer.body, '{"message":"Internal server error"}');
    assert.equal(answer.headers['x-amzn-errortype'], 'InternalServerErrorException');
  }
});

test('a failed function is a 502 that tells the client nothing', async (t) => {
  const respond = await startResponder(t);
  const answer = await respond(new Error('the secret'));
  assert.equal(answer.status, 502);
  assert.equal(answer.body, '{"message":"Internal server error"}');
});

test('a call that Lambda refuses is a 500', async (t) => {
  const gateway = await startTestGateway(t, {
    lambda: () => {
      throw new AwsError('AccessDeniedException', 'not allowed', 403);
    },
  });
  const api = await gateway.deploy({ 'GET /x': {} });
  const answer = await api.send('GET', '/x');
  assert.equal(answer.status, 500);
  assert.equal(answer.body, '{"message":"Internal server error"}');
});

test('an event larger than Lambda takes is a 413', async (t) => {
  const gateway = await startTestGateway(t, {
    lambda: () => {
      throw new AwsError('RequestTooLargeException', 'Request must be smaller than 6291456 bytes', 413);
    },
  });
  const api = await gateway.deploy({ 'GET /x': {} });
  const answer = await api.send('GET', '/x');
  assert.deepEqual([answer.status, answer.body], [413, '{"message":"Request Too Long"}']);
});

test('multi-value headers go out one by one, before the single ones', async (t) => {
  const respond = await startResponder(t);
  const answer = await respond({
    statusCode: 200,
    headers: { 'Set-Cookie': 'c=3', 'X-One': 'kept', 'X-Same': 'x' },
    multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'], 'X-Same': ['x'] },
  });
  assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2', 'c=3']);
  assert.equal(answer.headers['x-same'], 'x');
  assert.equal(answer.headers['x-one'], 'kept');
});

test('headers that belong to the connection are remapped', async (t) => {
  const respond = await startResponder(t);
  const answer = await respond({
    statusCode: 200,
    headers: {
      Connection: 'close',
      Date: 'yesterday',
      Server: 'mine',
      'Content-Length': '999',
      'Transfer-Encoding': 'x',
    },
    body: 'abc',
  });
  assert.equal(answer.headers['x-amzn-remapped-connection'], 'close');
  assert.equal(answer.headers['x-amzn-remapped-date'], 'yesterday');
  assert.equal(answer.headers['x-amzn-remapped-server'], 'mine');
  assert.equal(answer.headers['x-amzn-remapped-content-length'], '999');
  assert.equal(answer.body, 'abc');
});

test('a base64 body is decoded only for a client that accepts a binary media type', async (t) => {
  const respond = await startResponder(t, ['image/png']);
  const result = { statusCode: 200, headers: { 'Content-Type': 'image/png' }, body: 'AP8B', isBase64Encoded: true };
  assert.deepEqual((await respond(result, { Accept: 'image/png, */*' })).bytes, Buffer.from([0, 255, 1]));
  assert.equal((await respond(result, { Accept: '*/*' })).body, 'AP8B');
  assert.equal((await respond(result)).body, 'AP8B');
  const broken = await respond({ ...result, body: 'no base64!' }, { Accept: 'image/png' });
  assert.equal(broken.status, 500);
});

test('a header beyond Latin-1 goes out as UTF-8', async (t) => {
  const respond = await startResponder(t);
  const answer = await respond({ statusCode: 200, headers: { 'X-Name': 'żółw 😀' } });
  assert.equal(Buffer.from(String(answer.headers['x-name']), 'latin1').toString(), 'żółw 😀');
});

test('a function that takes longer than the integration timeout is a 504', async (t) => {
  const clock = new ManualClock();
  let asked = (): void => {};
  const invoked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const gateway = await startTestGateway(t, {
    clock,
    lambda: () => {
      asked();
      return new Promise(() => {});
    },
  });
  const api = await gateway.deploy({ 'GET /x': {} });
  const pending = api.send('GET', '/x');
  await invoked;
  await clock.advance(28_999);
  await clock.advance(1);
  const answer = await pending;
  assert.equal(answer.status, 504);
  assert.equal(answer.body, '{"message":"Endpoint request timed out"}');
});

test('an event invocation answers at once', async (t) => {
  const types: string[] = [];
  const gateway = await startTestGateway(t, {
    lambda: (_event, { type }) => {
      types.push(type);
      return undefined;
    },
  });
  const api = await gateway.deploy({
    'POST /x': {
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations',
        RequestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" },
      },
    },
  });
  assert.equal((await api.send('POST', '/x')).status, 200);
  assert.deepEqual(types, ['Event']);
});

test('bodies over 10 MB and headers over 10,240 bytes are refused with 413', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'POST /x': {} });
  const large = await api.send('POST', '/x', { body: Buffer.alloc(10 * 1024 * 1024 + 1) });
  assert.equal(large.status, 413);
  assert.equal(large.body, '{"message":"HTTP content length exceeded 10485760 bytes."}');
  assert.equal((await api.send('POST', '/x', { body: Buffer.alloc(10 * 1024 * 1024) })).status, 200);
  const long = await api.send('POST', '/x', { headers: { 'X-Long': 'x'.repeat(10_240) } });
  assert.equal(long.status, 413);
});

test('answers are compressed from the minimum size on, for who accepts it', async (t) => {
  const gateway = await startTestGateway(t, { lambda: () => ({ statusCode: 200, body: 'x'.repeat(1000) }) });
  const api = await gateway.deploy({ 'GET /x': {} }, { api: { MinimumCompressionSize: 100 } });
  const plain = await api.send('GET', '/x');
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(plain.body.length, 1000);
  const packed = await api.send('GET', '/x', { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.ok(packed.body.length < 100);
});

test('a compressed body is unpacked, and one of another coding or a broken one is refused with 415', async (t) => {
  const gateway = await startTestGateway(t, { lambda: ({ body }) => ({ statusCode: 200, body }) });
  const api = await gateway.deploy({ 'POST /x': {} }, { api: { MinimumCompressionSize: 10_000 } });
  const post = (coding: string, body: Buffer) =>
    api.send('POST', '/x', { headers: { 'Content-Encoding': coding }, body });
  for (const [coding, body] of [
    ['gzip', gzipSync('{"a":1}')],
    ['DEFLATE', deflateSync('{"a":1}')],
    ['identity', Buffer.from('{"a":1}')],
  ] as const) {
    assert.equal((await post(coding, body)).body, '{"a":1}', coding);
  }
  for (const [coding, body] of [
    ['br', brotliCompressSync('{"a":1}')],
    ['gzip, gzip', gzipSync('{"a":1}')],
    ['gzip', Buffer.from('{"a":1}')],
    ['deflate', gzipSync('{"a":1}')],
    ['gzip', gzipSync('{"a":1}').subarray(0, 20)],
  ] as const) {
    const refused = await post(coding, body);
    assert.deepEqual([refused.status, refused.body], [415, '{"message":"Unsupported Media Type"}'], coding);
  }
  const bomb = await post('gzip', gzipSync(Buffer.alloc(10 * 1024 * 1024 + 1)));
  assert.equal(bomb.status, 413);
});
