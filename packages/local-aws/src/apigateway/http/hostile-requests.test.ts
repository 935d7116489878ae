import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { startTestApi } from './test-api.ts';

describe('hostile requests to an HTTP API', () => {
  it('get an answer of API Gateway, never a failure', async (t) => {
    const api = await startTestApi(t, {
      functions: { run: (event) => ({ statusCode: 200, body: JSON.stringify(event) }) },
    });
    const format = '{"path":"$context.path","agent":"$context.identity.userAgent"}';
    const DestinationArn = 'arn:aws:logs:us-east-1:000000000000:log-group:access';
    const apiId = await api.makeApi(
      { CorsConfiguration: { AllowOrigins: ['https://a'] } },
      { AccessLogSettings: { DestinationArn, Format: format }, StageVariables: { v: '1' } },
    );
    await api.makeRoute(apiId, 'ANY /', 'run');
    await api.makeRoute(apiId, 'GET /p/{id}', 'run', { integration: { PayloadFormatVersion: '1.0' } });
    await api.makeRoute(apiId, 'POST /m/{rest+}', 'run', {
      integration: {
        RequestParameters: {
          'overwrite:header.x-body': '$request.body.a.b[0]',
          'overwrite:path': '$request.path.rest',
          'append:querystring.q': '$request.header.x-any',
        },
      },
    });
    const { physicalId: AuthorizerId } = await api.make('AWS::ApiGatewayV2::Authorizer', 'Jwt', {
      ApiId: apiId,
      Name: 'jwt',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: ['a'], Issuer: 'http://localhost:1/issuer' },
    });
    await api.makeRoute(apiId, 'GET /jwt', 'run', { route: { AuthorizationType: 'JWT', AuthorizerId } });
    await api.makeRoute(apiId, 'GET /iam', 'run', { route: { AuthorizationType: 'AWS_IAM' } });

    const tricky = fc.constantFrom(
      '%',
      '%00',
      '%2F',
      '%zz',
      '..',
      '//',
      '?',
      '&',
      '=',
      '%C3',
      '+',
      ';',
      '{id}',
      '__proto__',
    );
    const text = fc.string({ unit: fc.constantFrom(...'ab/.~!$*(),:@-_'), maxLength: 6 });
    const start = fc.constantFrom('/', '/p/', '/m/', '/jwt', '/iam', '/$default/', '/constructor');
    const path = fc
      .tuple(start, fc.array(fc.oneof(tricky, text), { maxLength: 5 }))
      .map(([first, rest]) => `${first}${rest.join('')}`);
    const header = fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'OPTIONS', 'DELETE', 'PATCH', 'HEAD', 'TRACE', 'PROPFIND'),
        path,
        fc.dictionary(
          fc.constantFrom('x-any', 'authorization', 'cookie', 'origin', 'user-agent', 'content-type'),
          header,
        ),
        fc.oneof(fc.json(), fc.string()),
        async (method, target, headers, body) => {
          const reply = await api.send(apiId, target, { method, headers, body: method === 'POST' ? body : '' });
          assert.ok([200, 204, 400, 401, 403, 404].includes(reply.status), `${reply.status} ${reply.body}`);
        },
      ),
      { numRuns: 300 },
    );
    for (const { event } of api.logged) JSON.parse(event.message);
  });
});
