import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mapping } from './apigateway/domain-names.ts';
import { functionUrlId } from './core/function-url-id.ts';
import { listApis } from './deployed-apis.ts';

const stages = new Map([
  ['rest', ['dev', 'test']],
  ['http', ['$default']],
  ['bare', []],
]);

type Resources = Readonly<Record<string, readonly [type: string, physicalId: string]>>;

function listed(
  resources: Resources,
  {
    status = 'UPDATE_COMPLETE',
    mappings = [],
    tags = { STAGE: 'local' },
  }: { status?: string; mappings?: readonly Mapping[]; tags?: Readonly<Record<string, string>> } = {},
) {
  const stack = {
    name: 'shop-local',
    region: 'us-east-1',
    status,
    tags,
    resources: Object.entries(resources).map(([logicalId, [type, physicalId]]) => ({ logicalId, type, physicalId })),
  };
  return listApis({
    stacks: [stack],
    endpointUrl: 'http://localhost:4566',
    domains: [{ name: 'api.localhost', mappings }],
    stagesOf: (apiId) => stages.get(apiId),
  });
}

const rest: Resources = { Api: ['AWS::ApiGateway::RestApi', 'rest'] };

test('the name of an API is without the stage of the stack, in either spelling of the tag', () => {
  for (const tags of [{ STAGE: 'local' }, { stage: 'local' }]) {
    assert.deepEqual(
      listed(rest, { tags }).map(({ name }) => name.split('.')[0]),
      ['shop', 'shop'],
    );
  }
});

test('a function URL is an API without a stage, which its function names', () => {
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:ask';
  const id = functionUrlId(functionArn);
  stages.set(id, ['$default']);
  const [url] = listed({ AskUrl: ['AWS::Lambda::Url', functionArn] });
  assert.deepEqual([url?.kind, url?.apiId, url?.stage], ['URL', id, '$default']);
  assert.equal(url?.url, `http://localhost:4566/_aws/lambda-url/${id}`);
});

test('each stage of a REST API has an address', () => {
  assert.deepEqual(
    listed(rest),
    ['dev', 'test'].map((stage) => ({
      stack: 'shop-local',
      region: 'us-east-1',
      logicalId: 'Api',
      kind: 'REST',
      apiId: 'rest',
      stage,
      name: `shop.${stage}`,
      address: `http://localhost:4566/_api/shop.${stage}`,
      endpoint: `http://localhost:4566/_aws/execute-api/rest/${stage}`,
      url: `http://localhost:4566/_aws/execute-api/rest/${stage}`,
    })),
  );
});

test('the address of an HTTP API with a $default stage needs no stage', () => {
  const [api] = listed({ Api: ['AWS::ApiGatewayV2::Api', 'http'] });
  assert.equal(api?.endpoint, 'http://localhost:4566/_aws/execute-api/http');
  assert.equal(api?.address, 'http://localhost:4566/_api/shop');
});

test('other resources, and APIs without a stage, are not listed', () => {
  assert.deepEqual(listed({ Queue: ['AWS::SQS::Queue', 'rest'], Api: ['AWS::ApiGateway::RestApi', 'bare'] }), []);
});

test('the APIs of a stack that is gone or still being created are not listed', () => {
  for (const status of ['DELETE_COMPLETE', 'CREATE_IN_PROGRESS', 'CREATE_FAILED']) {
    assert.deepEqual(listed(rest, { status }), []);
  }
});

test('an API that is mapped to a custom domain has its URL there and keeps its own address', () => {
  const mapping = { mappingId: 'm', apiId: 'rest', stage: 'dev', basePath: 'tasks' };
  const first = (...mappings: readonly Mapping[]) => listed(rest, { mappings })[0];
  assert.equal(first(mapping)?.url, 'http://api.localhost:4566/tasks');
  assert.equal(first(mapping)?.endpoint, 'http://localhost:4566/_aws/execute-api/rest/dev');
  assert.equal(first({ ...mapping, basePath: '' })?.url, 'http://api.localhost:4566');
  const { stage: _, ...withoutStage } = mapping;
  assert.equal(first(withoutStage)?.url, 'http://api.localhost:4566/tasks/dev');
  for (const other of [
    { ...mapping, stage: 'test' },
    { ...mapping, apiId: 'other' },
  ]) {
    assert.equal(first(other)?.url, first()?.endpoint);
  }
});
