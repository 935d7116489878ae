import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AwsError } from '../../core/aws-error.ts';
import { FunctionError, startTestApi, type TestFunction } from './test-api.ts';

async function answerTo(t: TestContext, run: TestFunction, payloadFormatVersion = '2.0') {
  const api = await startTestApi(t, { functions: { run } });
  const apiId = await api.makeApi();
  await api.makeRoute(apiId, 'GET /', 'run', { integration: { PayloadFormatVersion: payloadFormatVersion } });
  return api.send(apiId, '/');
}

const internal = { status: 500, body: '{"message":"Internal Server Error"}' };

describe("what a function's answer becomes", () => {
  it('takes an answer without statusCode as the JSON body of a 200', async (t) => {
    for (const [returned, body] of [
      [{ a: 1 }, '{"a":1}'],
      [[1], '[1]'],
      ['plain', 'plain'],
      [undefined, 'null'],
      [{ body: 'x' }, '{"body":"x"}'],
    ] as const) {
      const reply = await answerTo(t, () => returned);
      assert.deepEqual([reply.status, reply.body], [200, body]);
      assert.equal(reply.headers['content-type'], 'application/json');
    }
  });

  it('sends status, headers, cookies and a decoded body', async (t) => {
    const reply = await answerTo(t, () => ({
      statusCode: 201,
      headers: { 'X-Number': 7, Location: '/x', 'Content-Type': 'image/png' },
      cookies: ['a=1', 'b=2; HttpOnly'],
      body: Buffer.from([0, 255, 1]).toString('base64'),
      isBase64Encoded: true,
    }));
    assert.equal(reply.status, 201);
    assert.deepEqual(reply.bytes, Buffer.from([0, 255, 1]));
    assert.equal(reply.headers['x-number'], '7');
    assert.equal(reply.headers.location, '/x');
    assert.equal(reply.headers['content-type'], 'image/png');
    assert.deepEqual(reply.headers['set-cookie'], ['a=1', 'b=2; HttpOnly']);
    assert.match(String(reply.headers['apigw-requestid']), /^[\w+/]{15}=$/);
  });

  it('takes a body without a content type as plain text', async (t) => {
    const reply = await answerTo(t, () => ({ statusCode: '202', body: 'é' }));
    assert.deepEqual([reply.status, reply.body], [202, 'é']);
    assert.equal(reply.headers['content-length'], '2');
    assert.equal(reply.headers['content-type'], 'text/plain;charset=UTF-8');
  });

  it('answers 500 to what is malformed', async (t) => {
    for (const returned of [
      { statusCode: 'ok' },
      { statusCode: 42 },
      { statusCode: 200, body: { a: 1 } },
      { statusCode: 200, headers: { a: [1] } },
      { statusCode: 200, headers: { 'bad name': 'x' } },
      { statusCode: 200, headers: { a: 'x\r\ny: z' } },
      { statusCode: 200, cookies: 'a=1' },
    ]) {
      const { status, body } = await answerTo(t, () => returned);
      assert.deepEqual({ status, body }, internal, JSON.stringify(returned));
    }
  });

  it('answers 500 when the function fails or may not be called, 503 when it is throttled, 413 when it takes no such event', async (t) => {
    const failing = await answerTo(t, () => {
      throw new FunctionError('secret');
    });
    assert.deepEqual({ status: failing.status, body: failing.body }, internal);
    const denied = await answerTo(t, () => {
      throw new AwsError('AccessDeniedException', 'no', 403);
    });
    assert.deepEqual({ status: denied.status, body: denied.body }, internal);
    const throttled = await answerTo(t, () => {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    });
    assert.deepEqual([throttled.status, throttled.body], [503, '{"message":"Service Unavailable"}']);
    const large = await answerTo(t, () => {
      throw new AwsError('RequestTooLargeException', 'Request must be smaller than 6291456 bytes', 413);
    });
    assert.deepEqual([large.status, large.body], [413, '{"message":"Request Entity Too Large"}']);
  });

  it('does not let a function frame the message or break a bodiless status', async (t) => {
    const reply = await answerTo(t, () => ({
      statusCode: 204,
      headers: { 'Content-Length': '99', 'Transfer-Encoding': 'chunked', 'Keep-Alive': 'x' },
      body: 'ignored',
    }));
    assert.deepEqual([reply.status, reply.body], [204, '']);
  });

  it('joins single and multi-value headers in payload format 1.0, which needs a statusCode', async (t) => {
    const reply = await answerTo(
      t,
      () => ({
        statusCode: 200,
        headers: { 'x-a': '0', 'x-b': true },
        multiValueHeaders: { 'X-A': ['1', '2'] },
        body: 'x',
      }),
      '1.0',
    );
    assert.deepEqual([reply.headers['x-a'], reply.headers['x-b']], ['1, 2', 'true']);
    const { status, body } = await answerTo(t, () => ({ a: 1 }), '1.0');
    assert.deepEqual({ status, body }, internal);
  });
});
