import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsRequest } from '../core/aws-api.ts';
import { ManualClock } from '../core/clock.ts';
import type { ResourceContext } from '../core/resource-type.ts';
import { noStateStore } from '../core/state-store.ts';
import { createEcr, type Ecr } from './ecr.ts';

const emptyEcr = (): Ecr => createEcr({ clock: new ManualClock(), state: noStateStore });
const context: ResourceContext = {
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/shop/1',
  stackName: 'shop',
  logicalId: 'Images',
  region: 'us-east-1',
  tags: {},
};

async function call({ api }: Ecr, action: string, input: object) {
  const request: AwsRequest = {
    requestId: 'r',
    service: 'ecr',
    region: 'us-east-1',
    principal: { kind: 'account', arn: 'arn:aws:iam::000000000000:root' },
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${action}` },
    body: Buffer.from(JSON.stringify(input)),
  };
  const { status, body } = await api(request);
  return { status, body: JSON.parse(body.toString()) };
}

async function createRepository({ resourceTypes }: Ecr, properties: { RepositoryName?: string }) {
  const [repository] = resourceTypes;
  assert.ok(repository);
  return repository.create(properties, context);
}

test('there is no repository of any name at first', async () => {
  const ecr = emptyEcr();
  const { status, body } = await call(ecr, 'DescribeRepositories', { repositoryNames: ['serverless-tasks-local'] });
  assert.equal(status, 400);
  assert.equal(body.__type, 'RepositoryNotFoundException');
  assert.deepEqual((await call(ecr, 'DescribeRepositories', {})).body, { repositories: [] });
});

test('a repository of a template is described until it is deleted', async () => {
  const ecr = emptyEcr();
  const state = await createRepository(ecr, { RepositoryName: 'cdk/images' });
  const repositoryArn = 'arn:aws:ecr:us-east-1:000000000000:repository/cdk/images';
  const repositoryUri = '000000000000.dkr.ecr.us-east-1.amazonaws.com/cdk/images';
  assert.deepEqual(state, {
    physicalId: 'cdk/images',
    attributes: { Arn: repositoryArn, RepositoryUri: repositoryUri },
  });
  const { body } = await call(ecr, 'DescribeRepositories', { repositoryNames: ['cdk/images'] });
  assert.equal(body.repositories[0].repositoryArn, repositoryArn);
  assert.equal(body.repositories[0].repositoryUri, repositoryUri);
  await ecr.resourceTypes[0]?.delete(state, {}, context);
  assert.deepEqual((await call(ecr, 'DescribeRepositories', {})).body, { repositories: [] });
});

test('a repository without a name gets one in lower case', async () => {
  assert.match((await createRepository(emptyEcr(), {})).physicalId, /^shop-images-[a-z0-9]{12}$/);
});

test('a second repository of the same name is refused', async () => {
  const ecr = emptyEcr();
  await createRepository(ecr, { RepositoryName: 'images' });
  await assert.rejects(createRepository(ecr, { RepositoryName: 'images' }), /'images' already exists/);
});

test('everything else is refused by name', async () => {
  for (const action of ['CreateRepository', 'DescribeImages', 'GetAuthorizationToken']) {
    const { status, body } = await call(emptyEcr(), action, { repositoryName: 'x' });
    assert.equal(status, 400);
    assert.match(body.message, new RegExp(`ecr:${action}`));
  }
});
