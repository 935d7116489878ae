import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openStateStore } from '../../state/sqlite-state-store.ts';
import { functionArn, startTestApi } from './test-api.ts';

const context = { stackName: 'shop-local', stackId: '', logicalId: 'X', region: 'us-east-1', tags: {} };

describe('the CloudFormation types of HTTP APIs', () => {
  it('name an API by stack and logical id, the same every time', async (t) => {
    const ids = [];
    for (let i = 0; i < 2; i += 1) {
      const api = await startTestApi(t);
      ids.push(await api.makeApi());
    }
    assert.match(ids[0] ?? '', /^[a-z][a-z0-9]{9}$/);
    assert.equal(ids[0], ids[1]);
  });

  it('yield the endpoint and ids as attributes', async (t) => {
    const api = await startTestApi(t);
    const made = await api.make('AWS::ApiGatewayV2::Api', 'Api', { Name: 'a', ProtocolType: 'HTTP' });
    assert.deepEqual(made.attributes, {
      ApiId: made.physicalId,
      ApiEndpoint: `http://${made.physicalId}.execute-api.localhost`,
    });
  });

  it('name every property that they do not support', async (t) => {
    const api = await startTestApi(t);
    const apiId = await api.makeApi();
    const refusal = async (type: string, properties: object, named: RegExp) =>
      assert.rejects(api.make(type, 'X', { ...properties }), named);
    await refusal('AWS::ApiGatewayV2::Api', { Name: 'a', ProtocolType: 'HTTP', Body: {}, Target: 'x' }, /Body, Target/);
    await refusal(
      'AWS::ApiGatewayV2::Api',
      { Name: 'a', ProtocolType: 'WEBSOCKET' },
      /ProtocolType: WebSocket APIs are not supported, only HTTP/,
    );
    await refusal(
      'AWS::ApiGatewayV2::Stage',
      { ApiId: apiId, StageName: 'a', ClientCertificateId: 'x' },
      /ClientCertificateId/,
    );
    await refusal('AWS::ApiGatewayV2::Stage', { ApiId: apiId, StageName: 'a b' }, /StageName/);
    await refusal('AWS::ApiGatewayV2::Integration', { ApiId: apiId, IntegrationType: 'MOCK' }, /IntegrationType/);
  });

  it('refuse what API Gateway refuses', async (t) => {
    const api = await startTestApi(t);
    const apiId = await api.makeApi();
    await api.makeRoute(apiId, 'GET /x', 'run');
    const fails = (type: string, properties: object, code: string) =>
      assert.rejects(api.make(type, 'X', { ApiId: apiId, ...properties }), { code });
    await fails('AWS::ApiGatewayV2::Route', { RouteKey: 'GET x' }, 'BadRequestException');
    await fails('AWS::ApiGatewayV2::Route', { RouteKey: 'GET /x' }, 'ConflictException');
    await fails('AWS::ApiGatewayV2::Route', { RouteKey: 'GET /y', Target: 'integrations/none' }, 'NotFoundException');
    await fails('AWS::ApiGatewayV2::Route', { RouteKey: 'GET /y', AuthorizationType: 'JWT' }, 'BadRequestException');
    await fails('AWS::ApiGatewayV2::Stage', { StageName: 's', DeploymentId: 'none' }, 'NotFoundException');
    await fails('AWS::ApiGatewayV2::Stage', { StageName: 's', RouteSettings: { 'GET /y': {} } }, 'NotFoundException');
    const lambda = { IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn('run') };
    await fails('AWS::ApiGatewayV2::Integration', lambda, 'BadRequestException');
    const jwt = { Name: 'j', AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'] };
    const insecure = { ...jwt, JwtConfiguration: { Issuer: 'http://issuer.example', Audience: ['a'] } };
    await fails('AWS::ApiGatewayV2::Authorizer', insecure, 'BadRequestException');
    await fails('AWS::ApiGatewayV2::Route', { ApiId: 'nosuchapi', RouteKey: 'GET /y' }, 'NotFoundException');
  });

  it('change in place, and succeed in deleting what is gone', async (t) => {
    const api = await startTestApi(t, { functions: { run: () => 'ok' } });
    const apiId = await api.makeApi();
    const Route = api.typeOf('AWS::ApiGatewayV2::Route');
    await api.makeRoute(apiId, 'GET /x', 'run');
    const properties = { ApiId: apiId, RouteKey: 'GET /y' };
    const state = await api.make('AWS::ApiGatewayV2::Route', 'Y', properties);
    const next = { ...properties, RouteKey: 'GET /z' };
    assert.equal(Route.needsReplacement(properties, next), false);
    assert.deepEqual(await Route.update(next, { properties, state }, context), state);
    assert.equal((await api.send(apiId, '/y')).status, 404);

    const Api = api.typeOf('AWS::ApiGatewayV2::Api');
    const own = { Name: 'shop', ProtocolType: 'HTTP' };
    const apiState = { physicalId: apiId, attributes: {} };
    const renamed = await Api.update({ ...own, Name: 'new' }, { properties: own, state: apiState }, context);
    assert.equal(renamed.physicalId, apiId);
    assert.equal((await api.send(apiId, '/x')).status, 200, 'its routes are still there');
    await Api.delete(renamed, own, context);
    await Api.delete(renamed, own, context);
    await Route.delete(state, next, context);
    assert.equal((await api.send(apiId, '/x')).status, 403);
  });

  it('survive a restart', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'http-apis-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const state = openStateStore(directory);
    const functions = { run: () => 'ok' };
    const before = await startTestApi(t, { state, functions });
    const apiId = await before.makeApi({ CorsConfiguration: { AllowOrigins: ['*'] } });
    await before.makeRoute(apiId, 'GET /x', 'run');
    await before.make('AWS::ApiGatewayV2::Deployment', 'D', { ApiId: apiId });
    await state.close();
    const after = await startTestApi(t, { state: openStateStore(directory), functions });
    const reply = await after.send(apiId, '/x', { headers: { origin: 'https://a' } });
    assert.deepEqual([reply.status, reply.headers['access-control-allow-origin']], [200, '*']);
  });
});
