import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { noStateStore } from '../core/state-store.ts';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { DomainNames } from './domain-names.ts';

const stagesOf = () => ['local'];

function withMappings(...basePaths: readonly string[]): DomainNames {
  const domains = new DomainNames({ state: noStateStore, stagesOf });
  domains.add('api.localhost');
  for (const basePath of basePaths) {
    domains.putMapping('api.localhost', { mappingId: basePath, apiId: `to-${basePath}`, stage: 'local', basePath });
  }
  return domains;
}

describe('custom domains', () => {
  it('lead by base path to an API and what is left of the path', () => {
    const domains = withMappings('tasks', 'v1/orders', 'v1');
    const resolve = (host: string, path: string) => domains.resolveDomain(host, path);
    assert.deepEqual(resolve('API.localhost:4566', '/tasks/7'), {
      apiId: 'to-tasks',
      stage: 'local',
      basePath: 'tasks',
      path: '/7',
    });
    assert.equal(resolve('api.localhost', '/tasks')?.path, '/');
    assert.equal(resolve('api.localhost', '/v1/orders/1')?.apiId, 'to-v1/orders');
    assert.equal(resolve('api.localhost', '/v1/other')?.apiId, 'to-v1');
    assert.equal(resolve('api.localhost', '/tasksx'), undefined);
    assert.equal(resolve('elsewhere.localhost', '/tasks'), undefined);
  });

  it('give what is mapped nowhere else to the empty base path', () => {
    const domains = withMappings('tasks', '');
    assert.equal(domains.resolveDomain('api.localhost', '/x/y')?.apiId, 'to-');
    assert.equal(domains.resolveDomain('api.localhost', '/x/y')?.path, '/x/y');
  });

  it('refuse a second domain or mapping of the same name', () => {
    const domains = withMappings('tasks');
    assert.throws(() => domains.add('API.localhost'), { code: 'ConflictException' });
    const again = { mappingId: 'm2', apiId: 'a', stage: 'local', basePath: 'tasks' };
    assert.throws(() => domains.putMapping('api.localhost', again), { code: 'ConflictException' });
    assert.throws(() => domains.putMapping('other.localhost', again), { code: 'NotFoundException' });
  });

  it('refuse a mapping to an API or a stage that does not exist', () => {
    const domains = new DomainNames({
      state: noStateStore,
      stagesOf: (apiId) => (apiId === 'shop' ? ['local'] : undefined),
    });
    domains.add('api.localhost');
    const map = (apiId: string, stage: string) => () =>
      domains.putMapping('api.localhost', { mappingId: 'm', apiId, stage, basePath: 'tasks' });
    assert.throws(map('shop', 'dev'), { code: 'BadRequestException', message: 'Invalid stage identifier specified' });
    assert.throws(map('nothing', 'local'), { code: 'NotFoundException', message: /Invalid API identifier specified/ });
    map('shop', 'local')();
    assert.equal(domains.resolveDomain('api.localhost', '/tasks')?.apiId, 'shop');
  });

  it('take mappings of REST and HTTP APIs and go with their resources', async () => {
    const domains = new DomainNames({ state: noStateStore, stagesOf });
    const context = { stackName: 'platform', stackId: '', logicalId: 'R', region: 'us-east-1', tags: {} };
    const typeOf = (name: string) => {
      const found = domains.resourceTypes.find(({ type }) => type === name);
      assert.ok(found);
      return found;
    };
    const CertificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/placeholder';
    const domain = { DomainName: 'api.localhost', DomainNameConfigurations: [{ CertificateArn }] };
    const made = await typeOf('AWS::ApiGatewayV2::DomainName').create(domain, context);
    assert.equal(made.attributes.RegionalDomainName, 'api.localhost');
    const rest = { DomainName: 'api.localhost', BasePath: 'tasks', RestApiId: 'rest1', Stage: 'local' };
    const mapping = await typeOf('AWS::ApiGateway::BasePathMapping').create(rest, context);
    assert.equal(mapping.physicalId, 'api.localhost|tasks');
    assert.equal(domains.resolveDomain('api.localhost', '/tasks')?.apiId, 'rest1');
    await typeOf('AWS::ApiGateway::BasePathMapping').delete(mapping, rest, context);
    assert.equal(domains.resolveDomain('api.localhost', '/tasks'), undefined);
    await typeOf('AWS::ApiGatewayV2::DomainName').delete(made, domain, context);
    assert.equal(domains.has('api.localhost'), false);
    await typeOf('AWS::ApiGateway::BasePathMapping').delete(mapping, rest, context);
  });

  it('survive a restart', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'domains-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const state = openStateStore(directory);
    new DomainNames({ state, stagesOf }).add('api.localhost');
    await state.close();
    assert.equal(new DomainNames({ state: openStateStore(directory), stagesOf }).has('api.localhost'), true);
  });
});
