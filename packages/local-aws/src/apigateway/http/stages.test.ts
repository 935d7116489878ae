import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startTestApi } from './test-api.ts';

async function startEcho(t: TestContext) {
  const api = await startTestApi(t, { functions: { echo: ({ routeKey, rawPath }) => ({ routeKey, rawPath }) } });
  return { ...api, apiId: await api.makeApi() };
}

const notFound = { status: 404, body: '{"message":"Not Found"}' };

describe('where an HTTP API is reached', () => {
  it('serves $default at the base URL and other stages below their name', async (t) => {
    const { makeRoute, make, send, apiId } = await startEcho(t);
    await makeRoute(apiId, 'GET /x', 'echo');
    await make('AWS::ApiGatewayV2::Stage', 'Dev', { ApiId: apiId, StageName: 'dev', AutoDeploy: true });
    assert.equal((await send(apiId, '/x')).body, '{"routeKey":"GET /x","rawPath":"/x"}');
    assert.equal((await send(apiId, '/dev/x')).body, '{"routeKey":"GET /x","rawPath":"/dev/x"}');
    const { status, body } = await send(apiId, '/prod/x');
    assert.deepEqual({ status, body }, notFound);
  });

  it('is reached by path too, with the stage named', async (t) => {
    const { makeRoute, send, apiId } = await startEcho(t);
    await makeRoute(apiId, 'GET /x', 'echo');
    const path = `/_aws/execute-api/${apiId}/$default/x`;
    assert.equal((await send(apiId, path, { host: 'localhost' })).body, '{"routeKey":"GET /x","rawPath":"/x"}');
    const unknown = await send(apiId, '/_aws/execute-api/nosuchapi0/$default/x', { host: 'localhost' });
    assert.equal(unknown.status, 403);
  });

  it('answers 404 to what no route takes and 400 to broken percent-encoding', async (t) => {
    const { makeRoute, send, apiId } = await startEcho(t);
    await makeRoute(apiId, 'GET /x', 'echo');
    for (const [method, path] of [
      ['GET', '/x/'],
      ['GET', '/y'],
      ['POST', '/x'],
      ['GET', '/'],
    ] as const) {
      const { status, body } = await send(apiId, path, { method });
      assert.deepEqual({ status, body }, notFound, `${method} ${path}`);
    }
    assert.equal((await send(apiId, '/%zz')).status, 400);
  });

  it('sees changes at once where it deploys automatically, and at the next deployment where it does not', async (t) => {
    const { makeRoute, make, typeOf, send, apiId } = await startEcho(t);
    await makeRoute(apiId, 'GET /old', 'echo');
    const first = await make('AWS::ApiGatewayV2::Deployment', 'D1', { ApiId: apiId });
    const manual = { ApiId: apiId, StageName: 'manual', DeploymentId: first.physicalId };
    const stage = await make('AWS::ApiGatewayV2::Stage', 'Manual', manual);
    await makeRoute(apiId, 'GET /new', 'echo');
    assert.equal((await send(apiId, '/new')).status, 200);
    assert.equal((await send(apiId, '/manual/old')).status, 200);
    assert.equal((await send(apiId, '/manual/new')).status, 404);

    const second = await make('AWS::ApiGatewayV2::Deployment', 'D2', { ApiId: apiId });
    const next = { ...manual, DeploymentId: second.physicalId };
    await typeOf('AWS::ApiGatewayV2::Stage').update(
      next,
      { properties: manual, state: stage },
      { stackName: 'shop-local', stackId: '', logicalId: 'Manual', region: 'us-east-1', tags: {} },
    );
    assert.equal((await send(apiId, '/manual/new')).status, 200);
  });

  it('can be closed to all but its custom domains', async (t) => {
    const api = await startTestApi(t, { functions: { echo: () => 'ok' } });
    const apiId = await api.makeApi({ DisableExecuteApiEndpoint: true });
    await api.makeRoute(apiId, 'GET /x', 'echo');
    await api.makeDomain('api.localhost');
    const mapping = { ApiId: apiId, DomainName: 'api.localhost', Stage: '$default' };
    await api.make('AWS::ApiGatewayV2::ApiMapping', 'Mapping', mapping);
    assert.equal((await api.send(apiId, '/x')).status, 404);
    assert.equal((await api.send(apiId, '/x', { host: 'api.localhost' })).status, 200);
  });
});
