import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { presign } from '../../core/presigned-url.ts';
import { deployUrls, publicPermissions, roleOf } from './urls.fixture.ts';

const echo = 'exports.handler = async (event) => event;';
const long = 'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';
const forbidden = `{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: ${long}"}`;

/** A header of a request that an access key signed. Signatures in headers are not computed. */
function signature(accessKeyId: string, service = 'lambda'): Record<string, string> {
  const scope = `${accessKeyId}/20260101/us-east-1/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}` };
}

describe('a function URL', () => {
  it('hands the request over in payload format 2.0, with the path as it was sent', async (t) => {
    const { urlOf } = await deployUrls(t, { echo: { code: echo } });
    const url = urlOf('echo');
    const response = await fetch(`${url}a%2Fb/c?one=1&two=x&two=y`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Mixed-Case': 'Yes', cookie: 'a=1; b=2' },
      body: '{"hello":"world"}',
    });
    const id = /lambda-url\/([a-z0-9]{32})\/$/.exec(url)?.[1] ?? '';
    const event = JSON.parse(await response.text());
    const { headers, requestContext, ...rest } = event;
    assert.deepEqual(rest, {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%2Fb/c',
      rawQueryString: 'one=1&two=x&two=y',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { one: '1', two: 'x,y' },
      body: '{"hello":"world"}',
      isBase64Encoded: false,
    });
    assert.equal(headers['x-mixed-case'], 'Yes');
    const { requestId, time, timeEpoch, http, ...context } = requestContext;
    assert.deepEqual(context, {
      accountId: 'anonymous',
      apiId: id,
      domainName: `${id}.lambda-url.us-east-1.localhost`,
      domainPrefix: id,
      routeKey: '$default',
      stage: '$default',
    });
    assert.equal(requestId, response.headers.get('x-amzn-requestid'));
    assert.match(time, /^\d\d\/\w{3}\/\d{4}:/);
    assert.equal(typeof timeEpoch, 'number');
    assert.deepEqual({ method: http.method, path: http.path }, { method: 'POST', path: '/a%2Fb/c' });
  });

  it('is reached by its host name', async (t) => {
    const { url, urlOf } = await deployUrls(t, { echo: { code: echo } });
    const [, id] = /([a-z0-9]{32})\/$/.exec(urlOf('echo')) ?? [];
    const host = `${id}.lambda-url.us-east-1.localhost`;
    const sent = httpRequest(`${url}/there`, { headers: { host: `${host}:4566` } }).end();
    const [answer]: IncomingMessage[] = await once(sent, 'response');
    assert(answer);
    const event = JSON.parse(await text(answer));
    assert.deepEqual([event.rawPath, event.requestContext.domainName], ['/there', host]);
  });

  it('sends a binary body as base64, and decodes that of the answer', async (t) => {
    const code = 'exports.handler = async ({ body, isBase64Encoded }) => ({ statusCode: 200, body, isBase64Encoded });';
    const { urlOf } = await deployUrls(t, { binary: { code } });
    const response = await fetch(urlOf('binary'), { method: 'POST', body: new Uint8Array([0, 255, 128]) });
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), new Uint8Array([0, 255, 128]));
  });

  for (const [returned, body, status] of [
    ['{ hello: "world" }', '{"hello":"world"}', 200],
    ['{ statusCode: 200, body: "body123" }', 'body123', 200],
    ['{ statusCode: "418", body: "teapot" }', 'teapot', 418],
    ['["hello", 3, true]', '["hello",3,true]', 200],
    ['"hello"', 'hello', 200],
    ['3.1', '3.1', 200],
  ] as const) {
    it(`answers ${body} when the function returns ${returned}`, async (t) => {
      const { urlOf } = await deployUrls(t, { answer: { code: `exports.handler = async () => (${returned});` } });
      const response = await fetch(`${urlOf('answer')}custom_path?test=1`, { method: 'POST', body: 'x' });
      assert.equal(response.status, status);
      assert.equal(response.headers.get('content-type'), 'application/json');
      assert.equal(await response.text(), body);
    });
  }

  it('answers 502 when the function fails or returns no HTTP response', async (t) => {
    const { urlOf } = await deployUrls(t, {
      failing: { code: 'exports.handler = async () => { throw new Error("no"); };' },
      malformed: { code: 'exports.handler = async () => ({ statusCode: 9000 });' },
      large: { code: 'exports.handler = async () => "x".repeat(7_000_000);' },
    });
    for (const name of ['failing', 'malformed', 'large']) {
      const response = await fetch(urlOf(name));
      assert.deepEqual([response.status, await response.text()], [502, 'Internal Server Error'], name);
    }
  });

  it('refuses a request that is larger than the payload of an invocation', async (t) => {
    const { urlOf } = await deployUrls(t, { echo: { code: echo } });
    const response = await fetch(urlOf('echo'), { method: 'POST', body: 'x'.repeat(6_291_456) });
    assert.equal(response.status, 413);
    assert.match(await response.text(), /must be smaller than 6291456 bytes/);
  });

  it('answers 429 beyond the reserved concurrency', async (t) => {
    const { urlOf } = await deployUrls(t, { none: { code: echo, settings: { ReservedConcurrentExecutions: 0 } } });
    const response = await fetch(urlOf('none'));
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('x-amzn-errortype'), 'TooManyRequestsException');
  });

  it('that does not exist answers 403 with a null message', async (t) => {
    const { url } = await deployUrls(t, {});
    const response = await fetch(`${url}/_aws/lambda-url/0123456789abcdefghijklmnopqrstuv/`);
    assert.deepEqual([response.status, await response.text()], [403, '{"Message":null}']);
    assert.equal(response.headers.get('x-amzn-errortype'), 'AccessDeniedException');
  });
});

describe('the permissions of a function URL', () => {
  it('for everybody need both statements in the policy of the function', async (t) => {
    const [viaUrl, invoke] = publicPermissions;
    const { urlOf } = await deployUrls(t, {
      none: { code: echo, permissions: [] },
      onlyUrl: { code: echo, permissions: [viaUrl ?? {}] },
      onlyInvoke: { code: echo, permissions: [invoke ?? {}] },
      otherAccount: {
        code: echo,
        permissions: [{ ...viaUrl, SourceAccount: '111111111111' }, invoke ?? {}],
      },
      both: { code: echo },
    });
    for (const name of ['none', 'onlyUrl', 'onlyInvoke', 'otherAccount']) {
      const response = await fetch(urlOf(name));
      assert.deepEqual([response.status, await response.text()], [403, forbidden], name);
    }
    assert.equal((await fetch(urlOf('both'))).status, 200);
  });

  it('with AWS_IAM let in who signed for Lambda and may, and tell the function who it is', async (t) => {
    const resource = 'arn:aws:lambda:us-east-1:000000000000:function:closed';
    const call = `exports.handler = async (url) => {
      const scope = process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/lambda/aws4_request';
      const authorization = 'AWS4-HMAC-SHA256 Credential=' + scope + ', SignedHeaders=host, Signature=' + '0'.repeat(64);
      const response = await fetch(url, { headers: { authorization } });
      return { status: response.status, body: await response.text() };
    };`;
    const caller = (name: string) => ({
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: name,
        Role: { 'Fn::GetAtt': `${name}Role.Arn` },
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: call },
      },
    });
    const conditioned = {
      Effect: 'Allow',
      Action: 'lambda:InvokeFunctionUrl',
      Resource: resource,
      Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    };
    const invoke = {
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: resource,
      Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
    };
    const { urlOf, clientConfig } = await deployUrls(
      t,
      { closed: { code: echo, authType: 'AWS_IAM', permissions: [] } },
      {
        friendRole: roleOf('friend', 'lambda.amazonaws.com', [conditioned, invoke]),
        friend: caller('friend'),
        strangerRole: roleOf('stranger', 'lambda.amazonaws.com', [conditioned]),
        stranger: caller('stranger'),
      },
    );
    const url = urlOf('closed');
    const lambda = new LambdaClient(clientConfig);
    t.after(() => lambda.destroy());
    const callAs = async (name: string) => {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(url) }));
      return JSON.parse(Payload?.transformToString() ?? '{}');
    };
    const welcomed = await callAs('friend');
    const { authorizer, accountId } = JSON.parse(welcomed.body).requestContext;
    assert.equal(accountId, '000000000000');
    assert.equal(authorizer.iam.userArn, 'arn:aws:sts::000000000000:assumed-role/friend/friend');
    assert.deepEqual(await callAs('stranger'), { status: 403, body: forbidden });
    assert.equal((await fetch(url)).status, 403);
    assert.equal((await fetch(url, { headers: signature('test', 'execute-api') })).status, 403);
    assert.equal((await fetch(url, { headers: signature('test') })).status, 200);
  });

  it('with AWS_IAM let in a presigned request until it expires', async (t) => {
    const { urlOf } = await deployUrls(t, { closed: { code: echo, authType: 'AWS_IAM', permissions: [] } });
    const own = { accessKeyId: 'test', secretAccessKey: 'test', sessionToken: '' };
    const presigned = (service: string, now: number) =>
      presign(new URL(urlOf('closed')), { method: 'GET', service, region: 'us-east-1', now, expires: 60 }, own);
    assert.equal((await fetch(presigned('lambda', Date.now()))).status, 200);
    assert.equal((await fetch(presigned('lambda', Date.now() - 120_000))).status, 403);
    assert.equal((await fetch(presigned('execute-api', Date.now()))).status, 403);
  });
});

describe('the CORS settings of a function URL', () => {
  const cors = {
    AllowOrigins: ['https://shop.example'],
    AllowMethods: ['GET'],
    AllowHeaders: ['x-one'],
    ExposeHeaders: ['date'],
    AllowCredentials: true,
    MaxAge: 60,
  };
  const code = `exports.handler = async () => ({
    statusCode: 200, headers: { 'access-control-allow-origin': 'https://own.example' }, body: 'called' });`;

  it('answer preflights without the function', async (t) => {
    const { urlOf } = await deployUrls(t, { page: { code, cors } });
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'GET' };
    const response = await fetch(urlOf('page'), { method: 'OPTIONS', headers });
    assert.deepEqual([response.status, await response.text()], [200, '']);
    const names = ['origin', 'methods', 'headers', 'credentials'];
    assert.deepEqual(
      names.map((name) => response.headers.get(`access-control-allow-${name}`)),
      ['https://shop.example', 'GET', 'x-one', 'true'],
    );
  });

  it('add headers to answers, beside those of the function', async (t) => {
    const { urlOf } = await deployUrls(t, { page: { code, cors } });
    const response = await fetch(urlOf('page'), { headers: { origin: 'https://shop.example' } });
    assert.equal(response.headers.get('access-control-allow-origin'), 'https://own.example, https://shop.example');
    assert.equal(response.headers.get('access-control-expose-headers'), 'date');
  });

  it('decide whether a page of another site runs the function at all', async (t) => {
    const { urlOf } = await deployUrls(t, {
      page: { code, cors },
      closed: { code, cors: { AllowOrigins: ['https://a.example'] } },
    });
    const headers = { origin: 'https://evil.example' };
    for (const name of ['page', 'closed']) {
      const response = await fetch(urlOf(name), { method: 'POST', headers });
      assert.equal(response.status, 403, name);
      assert.match(await response.text(), /do not permit this web page/);
    }
  });
});
