import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { AwsError } from '../core/aws-error.ts';
import { CredentialStore } from '../core/credentials.ts';
import type { ApiRequest } from '../core/web.ts';
import { startEdge } from './server.ts';

const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
const authorization = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const evil = { origin: 'https://evil.example' };

type Sent = { readonly method?: string; readonly headers?: Record<string, string> };

/** An edge that answers SNS and S3, a page, and an API whose CORS settings are `corsOrigin`. */
async function start(t: TestContext, corsOrigin?: string) {
  const called: string[] = [];
  const edge = await startEdge({
    port: 0,
    apis: Object.fromEntries(
      ['sns', 's3', 'dynamodb'].map((service) => [
        service,
        async () => {
          called.push(service);
          return { status: 200, headers: {}, body: '' };
        },
      ]),
    ),
    frontends: [
      {
        has: (apiId) => apiId === 'api',
        async execute({ method }: ApiRequest) {
          called.push(`api ${method}`);
          return { status: 200, headers: corsOrigin ? [['Access-Control-Allow-Origin', corsOrigin]] : [], body: '' };
        },
      },
    ],
    domains: {
      has: (host) => host === 'api.example.org',
      resolveDomain: (_host, path) => ({ apiId: 'api', stage: undefined, path, basePath: '' }),
    },
    findApi(name) {
      if (name === 'shop') return { apiId: 'api', stage: 'dev' };
      throw new AwsError('NotFoundException', `no ${name}, but shop`, 404);
    },
    allowedHosts: ['added.example'],
    pages: { '/_local/page': () => ({}) },
    credentials: new CredentialStore(),
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => edge.close());
  const send = (path: string, { method = 'GET', headers = {} }: Sent = {}) =>
    new Promise<{ status: number | undefined; header: (name: string) => unknown; body: string }>((resolve, reject) => {
      const sent = request({ port: edge.port, host: '127.0.0.1', path, method, headers }, async (answer) => {
        const body = (await answer.toArray()).join('');
        resolve({ status: answer.statusCode, header: (name) => answer.headers[name], body });
      });
      sent.on('error', reject).end();
    });
  const status = async (path: string, sent?: Sent) => (await send(path, sent)).status;
  return { port: edge.port, send, status, called };
}

const inQuery = (service: string): string =>
  `/?Action=CreateTopic&X-Amz-Credential=test/20260101/us-east-1/${service}/aws4_request`;
const byPath = '/_aws/execute-api/api/dev/x';
const byName = '/_api/shop/x';

test('a call of an action needs a signature in its header, or a target', async (t) => {
  const { status, called } = await start(t);
  assert.equal(await status(inQuery('sns')), 403);
  assert.equal(
    await status('/?Action=CreateTopic', { method: 'POST', headers: { authorization: 'Basic dGVzdDp0' } }),
    403,
  );
  const digest = 'Digest username="Credential=a/b/us-east-1/sns/aws4_request"';
  assert.equal(await status('/?Action=CreateTopic', { method: 'POST', headers: { authorization: digest } }), 403);
  assert.deepEqual(called, []);
  assert.equal(await status('/?Action=CreateTopic', { headers: { authorization: authorization('sns') } }), 200);
  const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
  assert.equal(await status('/', { method: 'POST', headers: target }), 200);
  assert.deepEqual(called, ['sns', 'dynamodb']);
});

test('without a signature objects can be read, and not written', async (t) => {
  const { status, called } = await start(t);
  assert.equal(await status('/bucket/key'), 200);
  for (const method of ['PUT', 'POST', 'DELETE', 'OPTIONS']) {
    assert.equal(await status('/bucket/key', { method }), 403, method);
  }
  assert.deepEqual(called, ['s3']);
});

test('a refusal has the form of the service that was called', async (t) => {
  const { send } = await start(t);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.match(
    (await send(inQuery('sns'), { method: 'POST', headers: form })).body,
    /<ErrorResponse .*signed in its Auth/,
  );
  assert.match((await send('/b/k', { method: 'PUT' })).body, /<Error><Code>AccessDenied<\/Code>/);
  const json = await send('/2015-03-31/functions?X-Amz-Credential=a/b/us-east-1/lambda/aws4_request');
  assert.deepEqual([json.status, json.header('x-amzn-errortype')], [403, 'MissingAuthenticationToken']);
});

test('a link of another site leads to pages, objects and APIs, and calls no action', async (t) => {
  const { status, called } = await start(t);
  for (const path of ['/_local/page', '/bucket/key', byPath, byName]) {
    assert.equal(await status(path, { headers: link }), 200, path);
  }
  assert.equal(await status('/', { headers: { ...link, authorization: authorization('sns') } }), 403);
  assert.deepEqual(called, ['s3', 'api GET', 'api GET']);
});

test('a page of another origin reaches no page of the endpoint and no action, whatever it sends', async (t) => {
  const { status, called } = await start(t);
  for (const origin of ['https://evil.example', 'https://bucket.s3.amazonaws.com', 'http://localhost:3000', 'null']) {
    assert.equal(await status('/_local/page', { headers: { origin } }), 403, origin);
    const headers = { origin, authorization: authorization('sns') };
    assert.equal(await status('/?Action=CreateTopic', { method: 'POST', headers }), 403, origin);
  }
  for (const path of ['/_local/page', '/bucket/key', '/']) assert.equal(await status(path, { headers: image }), 403);
  assert.deepEqual(called, []);
});

test('a page of this machine shows objects, and they are kept from all others', async (t) => {
  const { send } = await start(t);
  const policy = async (headers: Record<string, string>) => {
    const answer = await send('/bucket/key', { headers });
    return [answer.status, answer.header('cross-origin-resource-policy')];
  };
  assert.deepEqual(await policy({ ...image, referer: 'http://localhost:3000/' }), [200, 'cross-origin']);
  assert.deepEqual(await policy({ origin: 'http://127.0.0.1:3000' }), [200, 'cross-origin']);
  // As every browser asks under a name that is neither loopback nor https.
  assert.deepEqual(await policy({ host: 'added.example' }), [200, 'same-site']);
});

test('documents that share the origin of the endpoint have none of their own', async (t) => {
  const { send } = await start(t);
  const policy = async (path: string, headers: Record<string, string>) =>
    String((await send(path, { headers })).header('content-security-policy') ?? '').split(' ')[0];
  for (const path of ['/bucket/page.html', byPath, byName]) {
    assert.equal(await policy(path, { ...link, 'sec-fetch-site': 'none' }), 'sandbox', path);
    assert.equal(await policy(path, { host: 'added.example', accept: 'text/html,*/*' }), 'sandbox', path);
    assert.equal(await policy(path, {}), '', path);
  }
  assert.equal(await policy('/x', { ...link, host: 'api.execute-api.localhost' }), '');
  assert.equal(await policy('/x', { ...link, host: 'api.example.org' }), '');
});

test('an API answers pages of this machine, and leaves CORS to them', async (t) => {
  const { status, called } = await start(t);
  assert.equal(await status(byPath, { method: 'POST', headers: { origin: 'http://localhost:3000' } }), 200);
  assert.equal(await status(byPath, { headers: { ...image, referer: 'http://127.0.0.1:3000/' } }), 200);
  assert.deepEqual(called, ['api POST', 'api GET']);
});

test('an API that does not permit a foreign origin is not called from there', async (t) => {
  for (const corsOrigin of [undefined, 'https://other.example']) {
    const { send, called } = await start(t, corsOrigin);
    for (const path of [byPath, byName]) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const { status, body } = await send(path, { method, headers: evil });
        assert.equal(status, 403, method);
        assert.match(body, /CORS settings of this API do not permit this web page/);
      }
    }
    assert.deepEqual([...new Set(called)], ['api OPTIONS']);
  }
});

test('a page of another origin does not learn the names of APIs', async (t) => {
  const { send } = await start(t);
  assert.match((await send('/_api/other/x')).body, /no other, but shop/);
  const { status, body } = await send('/_api/other/x', { headers: evil });
  assert.deepEqual([status, body], [403, '{"message":"Forbidden"}']);
});

test('an API that permits the origin is called from there', async (t) => {
  for (const corsOrigin of ['*', 'https://evil.example']) {
    const { status, called } = await start(t, corsOrigin);
    assert.equal(await status(byPath, { method: 'POST', headers: evil }), 200);
    assert.deepEqual(called, ['api OPTIONS', 'api POST']);
  }
});

test('a preflight reaches the API itself', async (t) => {
  const { status, called } = await start(t);
  const headers = { ...evil, 'access-control-request-method': 'PUT' };
  assert.equal(await status(byPath, { method: 'OPTIONS', headers }), 200);
  assert.deepEqual(called, ['api OPTIONS']);
});

test('a request without an origin does not call an API from another site', async (t) => {
  const { status, called } = await start(t, '*');
  assert.equal(await status(byPath, { headers: image }), 403);
  assert.deepEqual(called, []);
});

test('names that are not on the list reach nothing', async (t) => {
  const { send, called } = await start(t, '*');
  for (const host of ['evil.example', 'localhost.localstack.cloud:4566', 'api.execute-api.evil.example']) {
    for (const path of ['/_local/page', '/bucket/key', byPath, byName]) {
      const { status, body } = await send(path, { headers: { host, authorization: authorization('s3') } });
      assert.equal(status, 421, `${host}${path}`);
      assert.match(body, /start the endpoint with --allow-host/);
    }
  }
  assert.deepEqual(called, []);
});

test('names that the user added and custom domains are answered', async (t) => {
  const { status, called } = await start(t);
  assert.equal(await status('/_local/page', { headers: { host: 'added.example:80' } }), 200);
  assert.equal(await status('/bucket/key', { headers: { host: 'bucket.s3.added.example' } }), 200);
  assert.equal(await status('/_local/page', { headers: { host: 'api.example.org' } }), 200);
  assert.deepEqual(called, ['s3', 'api GET']);
});

test('the host of a whole URL counts, as proxies are asked', async (t) => {
  const { status, called } = await start(t);
  assert.equal(await status('http://localhost:4566/_local/page?a=b', { headers: { host: 'elsewhere' } }), 200);
  assert.equal(await status('http://bucket.s3.localhost:4566', { headers: { host: 'localhost' } }), 200);
  assert.equal(await status('http://evil.example/_local/page', { headers: { host: 'localhost' } }), 421);
  assert.deepEqual(called, ['s3']);
});

for (const [name, hosts] of [
  ['two Host headers', ['Host: localhost', 'Host: localhost']],
  ['two Host headers of different names', ['Host: localhost', 'host: evil.example']],
  ['a list of hosts', ['Host: localhost, evil.example']],
  ['no Host header', []],
] as const) {
  test(`${name} are a 400, and the connection ends there`, async (t) => {
    const { port, called } = await start(t);
    const second = 'GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const socket = connect(port, '127.0.0.1');
    socket.write(['GET /first HTTP/1.1', ...hosts, '', ''].join('\r\n') + second);
    const answer = (await socket.toArray()).join('');
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
    assert.deepEqual(called, []);
  });
}

test('an upgrade to a WebSocket is refused like any request of a page', async (t) => {
  const { port, called } = await start(t);
  const socket = connect(port, '127.0.0.1');
  const headers = ['Host: localhost', 'Origin: http://evil.example', 'Connection: Upgrade', 'Upgrade: websocket'];
  socket.end(['GET /bucket/key HTTP/1.1', ...headers, '', ''].join('\r\n'));
  assert.match((await socket.toArray()).join(''), /^HTTP\/1\.1 403/);
  assert.deepEqual(called, []);
});
