import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsRequest } from '../core/aws-api.ts';
import { createEcr } from './ecr.ts';

const call = async (action: string, input: object) => {
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
  const { status, body } = await createEcr()(request);
  return { status, body: JSON.parse(body.toString()) };
};

test('there is no repository of any name', async () => {
  const { status, body } = await call('DescribeRepositories', { repositoryNames: ['serverless-tasks-local'] });
  assert.equal(status, 400);
  assert.equal(body.__type, 'RepositoryNotFoundException');
  assert.deepEqual((await call('DescribeRepositories', {})).body, { repositories: [] });
});

test('everything else is refused by name', async () => {
  const { status, body } = await call('CreateRepository', { repositoryName: 'x' });
  assert.equal(status, 400);
  assert.match(body.message, /ecr:CreateRepository/);
});
