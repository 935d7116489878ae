import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ResourceContext } from '../../core/resource-type.ts';
import { openStateStore } from '../../state/sqlite-state-store.ts';
import { startTestGateway, TestApi, type TestGateway } from './test-gateway.fixture.ts';

function typeOf(gateway: TestGateway, name: string) {
  const type = gateway.gateway.resourceTypes.find((candidate) => candidate.type === `AWS::ApiGateway::${name}`);
  assert.ok(type);
  return type;
}
const context = (logicalId: string, stackName = 'tasks-local'): ResourceContext => ({
  stackName,
  stackId: 's',
  logicalId,
  region: 'us-east-1',
  tags: { team: 'x' },
});

test('ids derive from stack and logical id, so that URLs survive a new start', async (t) => {
  const ids = [];
  for (let i = 0; i < 2; i++) {
    const gateway = await startTestGateway(t);
    const { physicalId, attributes } = await typeOf(gateway, 'RestApi').create(
      { Name: 'a' },
      context('ApiGatewayRestApi'),
    );
    ids.push([physicalId, attributes.RootResourceId]);
    assert.match(physicalId, /^[a-z0-9]{10}$/);
  }
  assert.deepEqual(ids[0], ids[1]);
  const gateway = await startTestGateway(t);
  const other = await typeOf(gateway, 'RestApi').create({ Name: 'a' }, context('ApiGatewayRestApi', 'other'));
  assert.notEqual(other.physicalId, ids[0]?.[0]);
});

test('a stage serves the snapshot of its deployment until it gets another', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  const { attributes } = { attributes: await rootOf(gateway, api) };
  const { physicalId: ResourceId } = await gateway.create('Resource', {
    RestApiId: api.id,
    ParentId: attributes,
    PathPart: 'later',
  });
  await gateway.create('Method', {
    RestApiId: api.id,
    ResourceId,
    HttpMethod: 'GET',
    Integration: {
      Type: 'MOCK',
      RequestTemplates: { 'application/json': '{"statusCode":200}' },
      IntegrationResponses: [{ StatusCode: '200' }],
    },
    MethodResponses: [{ StatusCode: '200' }],
  });
  assert.equal((await api.send('GET', '/later')).status, 403);
  // As osls deploys: a new deployment that names the stage takes it over.
  await gateway.create('Deployment', { RestApiId: api.id, StageName: 'dev' });
  assert.equal((await api.send('GET', '/later')).status, 200);
});

async function rootOf(gateway: TestGateway, api: TestApi): Promise<string> {
  const response = await fetch(`${gateway.endpoint}/restapis/${api.id}`, {
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request' },
  });
  const { rootResourceId } = JSON.parse(await response.text());
  return String(rootResourceId);
}

test('a redeploy by osls: the new deployment takes the stage, the old one goes', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  const deployment = typeOf(gateway, 'Deployment');
  const properties = { RestApiId: api.id, StageName: 'local' };
  const first = await deployment.create(properties, context('ApiGatewayDeployment1'));
  const second = await deployment.create(properties, context('ApiGatewayDeployment2'));
  await deployment.delete(first, properties, context('ApiGatewayDeployment1'));
  assert.equal((await api.send('GET', '/x', { stage: 'local' })).status, 200);
  await deployment.delete(second, properties, context('ApiGatewayDeployment2'));
  assert.equal((await api.send('GET', '/x', { stage: 'local' })).status, 403);
});

test('a failed redeploy by osls: without the new deployment, the stage serves the old one as before', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  const deployment = typeOf(gateway, 'Deployment');
  const properties = { RestApiId: api.id, StageName: 'local' };
  const first = await deployment.create(
    { ...properties, StageDescription: { Description: 'first' } },
    context('ApiGatewayDeployment1'),
  );
  const changed = { ...properties, StageDescription: { Description: 'second' } };
  const second = await deployment.create(changed, context('ApiGatewayDeployment2'));
  await deployment.delete(second, changed, context('ApiGatewayDeployment2'));
  assert.equal((await api.send('GET', '/x', { stage: 'local' })).status, 200);
  const stage = await fetch(`${gateway.endpoint}/restapis/${api.id}/stages/local`, {
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request' },
  });
  const { deploymentId, description } = JSON.parse(await stage.text());
  assert.deepEqual({ deploymentId, description }, { deploymentId: first.physicalId, description: 'first' });
  await deployment.delete(first, properties, context('ApiGatewayDeployment1'));
  assert.equal((await api.send('GET', '/x', { stage: 'local' })).status, 403);
});

test('a deployment that a stage serves cannot be deleted', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  const properties = { RestApiId: api.id };
  const state = await gateway.create('Deployment', properties, 'D');
  const stage = { RestApiId: api.id, StageName: 's', DeploymentId: state.physicalId };
  await gateway.create('Stage', stage);
  await assert.rejects(gateway.create('Stage', stage), /Stage already exists/);
  await assert.rejects(
    typeOf(gateway, 'Deployment').delete(state, properties, context('D')),
    /Active stages pointing to this deployment must be moved or deleted/,
  );
});

test('an API without methods cannot be deployed', async (t) => {
  const gateway = await startTestGateway(t);
  await assert.rejects(gateway.deploy({}), /doesn't contain any methods/);
});

test('what the types do not know fails by name', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({ 'GET /x': {} });
  await assert.rejects(gateway.create('RestApi', { Name: 'a', CloneFrom: 'b' }), /unsupported property CloneFrom/);
  await assert.rejects(
    gateway.create('RestApi', { Name: 'a', EndpointConfiguration: { Types: ['PRIVATE'] } }),
    /EndpointConfiguration\.Types\.0/,
  );
  await assert.rejects(
    gateway.create('Stage', { RestApiId: api.id, StageName: 's', DeploymentId: 'd', CacheClusterEnabled: true }),
    /CacheClusterEnabled: API caches are not supported/,
  );
  await assert.rejects(
    gateway.create('Stage', { RestApiId: api.id, StageName: 's', DeploymentId: 'd', CanarySetting: { Share: 5 } }),
    /unsupported property CanarySetting\.Share/,
  );
  await assert.rejects(
    gateway.create('Resource', { RestApiId: api.id, ParentId: 'nobody', PathPart: 'x' }),
    /Invalid Resource identifier specified nobody/,
  );
  const ParentId = await rootOf(gateway, api);
  await assert.rejects(
    gateway.create('Resource', { RestApiId: api.id, ParentId, PathPart: 'x' }),
    /Another resource with the same parent already has this name: x/,
  );
  await assert.rejects(gateway.create('Resource', { RestApiId: api.id, ParentId, PathPart: 'a{b}' }), /path part/);
});

test('APIs survive a restart under --persist', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rest-apis-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const state = openStateStore(directory);
  const before = await startTestGateway(t, { state });
  const api = await before.deploy({ 'GET /x': {} }, { stage: { Variables: { a: 'b' } } });
  await before.create('ApiKey', { Name: 'k' });
  await state.close();

  const after = await startTestGateway(t, {
    state: openStateStore(directory),
    lambda: ({ stageVariables }) => ({ statusCode: 200, body: JSON.stringify(stageVariables) }),
  });
  const again = new TestApi(after, api.id);
  assert.equal((await again.send('GET', '/x')).body, '{"a":"b"}');
});
