import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { JsonObject } from '../../core/json.ts';
import { jsonApi } from '../../core/json-protocol.ts';
import { startTestApi } from './test-api.ts';

async function startBackend(t: TestContext) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.url === '/slow') return;
    const { method, url, headers } = request;
    const seen = JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() });
    const type = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    response.writeHead(203, { ...type, 'set-cookie': ['a=1', 'b=2'] }).end(gzipSync(seen));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return `http://127.0.0.1:${address.port}`;
}

async function startProxy(t: TestContext, IntegrationUri: string, routeKey: string) {
  const api = await startTestApi(t);
  const apiId = await api.makeApi();
  const integration = {
    IntegrationType: 'HTTP_PROXY',
    IntegrationMethod: 'ANY',
    IntegrationUri,
    PayloadFormatVersion: '1.0',
  };
  await api.makeRoute(apiId, routeKey, '', { integration });
  return { ...api, apiId };
}

describe('an HTTP proxy integration', () => {
  it('passes method, path, query, headers and body on, and the answer back', async (t) => {
    const backend = await startBackend(t);
    const { send, apiId } = await startProxy(t, `${backend}/base/{proxy}?fixed=1`, 'ANY /in/{proxy+}');
    const headers = { 'x-a': '1', cookie: 'c=1', 'content-type': 'text/plain' };
    const reply = await send(apiId, '/in/a%20b/c?x=1', { method: 'PATCH', headers, body: 'hello' });
    assert.equal(reply.status, 203);
    assert.deepEqual(reply.headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(reply.headers['content-encoding'], undefined);
    const seen = JSON.parse(reply.body);
    assert.deepEqual([seen.method, seen.url, seen.body], ['PATCH', '/base/a%20b/c?fixed=1&x=1', 'hello']);
    assert.deepEqual([seen.headers['x-a'], seen.headers.cookie], ['1', 'c=1']);
    assert.equal(seen.headers['x-forwarded-for'], '127.0.0.1');
  });

  it('answers 503 when the connection is refused and 504 when the answer takes too long', {
    timeout: 60_000,
  }, async (t) => {
    const nobody = await startProxy(t, 'http://127.0.0.1:1/', 'GET /');
    const refused = await nobody.send(nobody.apiId, '/');
    assert.deepEqual([refused.status, refused.body], [503, '{"message":"Service Unavailable"}']);
    const slow = await startProxy(t, `${await startBackend(t)}/slow`, 'GET /');
    const pending = slow.send(slow.apiId, '/');
    let reply: Awaited<typeof pending> | undefined;
    void pending.then((settled) => {
      reply = settled;
    });
    while (reply === undefined) await slow.clock.advance(1000);
    assert.deepEqual([reply.status, reply.body], [504, '{"message":"Gateway Timeout"}']);
  });
});

async function startQueue(t: TestContext, RequestParameters: JsonObject, subtype = 'SQS-SendMessage') {
  const calls: { request: AwsRequest; input: JsonObject }[] = [];
  const api = await startTestApi(t, {
    dispatch: (request) =>
      jsonApi('sqs', '1.0', {
        SendMessage: (input) => {
          calls.push({ request, input });
          if (input.MessageBody === undefined) throw new AwsError('MissingParameter', 'no <MessageBody>');
          return { MessageId: 'm-1', MD5OfMessageBody: 'd41d' };
        },
      })(request),
  });
  const apiId = await api.makeApi();
  const integration = {
    IntegrationSubtype: subtype,
    IntegrationUri: '',
    PayloadFormatVersion: '1.0',
    CredentialsArn: 'arn:aws:iam::000000000000:role/sender',
    RequestParameters,
  };
  await api.makeRoute(apiId, 'POST /', '', { integration });
  return { calls, post: (body: string) => api.send(apiId, '/', { method: 'POST', body }) };
}

describe('a first-class integration with SQS', () => {
  const parameters = {
    QueueUrl: 'http://localhost:4566/000000000000/front',
    MessageBody: '$request.body.message',
    DelaySeconds: '5',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of a parameter mapping
    MessageAttributes: '{"origin":{"DataType":"String","StringValue":"${context.routeKey}"}}',
  };

  it('sends what the request parameters say, as the role of the integration', async (t) => {
    const { calls, post } = await startQueue(t, parameters);
    const reply = await post('{"message":{"a":1}}');
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['content-type'], 'text/xml');
    assert.match(reply.body, /<SendMessageResult><MessageId>m-1<\/MessageId><MD5OfMessageBody>d41d</);
    const [call] = calls;
    assert.deepEqual(call?.input, {
      QueueUrl: parameters.QueueUrl,
      MessageBody: '{"a":1}',
      DelaySeconds: 5,
      MessageAttributes: { origin: { DataType: 'String', StringValue: 'POST /' } },
    });
    assert.equal(
      call?.request.principal.kind === 'role' && call.request.principal.roleArn,
      'arn:aws:iam::000000000000:role/sender',
    );
  });

  it("passes SQS's refusal on", async (t) => {
    const { post } = await startQueue(t, parameters);
    for (const body of ['{}', 'no json', '']) {
      const reply = await post(body);
      assert.equal(reply.status, 400, body);
      assert.match(reply.body, /<Code>MissingParameter<\/Code><Message>no &lt;MessageBody&gt;<\/Message>/);
    }
  });

  it('names integrations and parameters that it does not support', async (t) => {
    await assert.rejects(startQueue(t, {}, 'EventBridge-PutEvents'), /EventBridge-PutEvents/);
    await assert.rejects(startQueue(t, { QueueUrl: 'x' }), /MessageBody/);
    await assert.rejects(startQueue(t, { ...parameters, Delay: '1' }), /Delay/);
  });
});
