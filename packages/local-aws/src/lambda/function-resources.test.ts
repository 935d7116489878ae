import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GetFunctionCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import type { JsonObject } from '../core/json.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { type Fixture, role, startLambda, zip } from './lambda.fixture.ts';

const context = (logicalId: string) => ({
  stackName: 'tasks-local',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/tasks-local/1',
  logicalId,
  region: 'us-east-1',
  tags: { stage: 'local' },
});

function typeOf({ lambda }: Fixture, name: string): ResourceType {
  const found = lambda.resourceTypes.find(({ type }) => type === `AWS::Lambda::${name}`);
  assert.ok(found, name);
  return found;
}

const properties = (more: JsonObject = {}): JsonObject => ({
  Code: { S3Bucket: 'b', S3Key: 'k' },
  Role: role,
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  ...more,
});

test('a template’s function is named after its stack, updated in place and deleted twice', async (t) => {
  const fixture = await startLambda(t);
  const { client, call, objects } = fixture;
  const type = typeOf(fixture, 'Function');
  objects.set('b/k', zip({ 'index.js': 'exports.handler = async () => [1, process.env.AA]' }));
  objects.set('b/k2', zip({ 'index.js': 'exports.handler = async () => [2, process.env.AA]' }));
  const first = properties({
    MemorySize: '256',
    Timeout: 6,
    Environment: { Variables: { AA: 1 } },
    Tags: [{ Key: 'team', Value: 'x' }],
    Architectures: ['arm64'],
    ReservedConcurrentExecutions: 3,
  });
  const state = await type.create(first, context('CreateTaskLambdaFunction'));
  assert.match(state.physicalId, /^tasks-local-CreateTaskLambdaFunction-[A-Z0-9]{12}$/);
  assert.deepEqual((await call(state.physicalId)).payload, [1, '1']);
  const shown = await client.send(new GetFunctionCommand({ FunctionName: state.physicalId }));
  assert.deepEqual(
    [shown.Configuration?.MemorySize, shown.Tags, shown.Concurrency?.ReservedConcurrentExecutions],
    [256, { stage: 'local', team: 'x' }, 3],
  );
  assert.equal(state.attributes.Arn, shown.Configuration?.FunctionArn);

  const second = properties({ Code: { S3Bucket: 'b', S3Key: 'k2' } });
  assert.equal(type.needsReplacement(first, second), false);
  assert.equal(type.needsReplacement(first, { ...first, FunctionName: 'other' }), true);
  await type.update(second, { properties: first, state }, context('CreateTaskLambdaFunction'));
  assert.deepEqual((await call(state.physicalId)).payload, [2, null]);
  const updated = await client.send(new GetFunctionCommand({ FunctionName: state.physicalId }));
  assert.deepEqual(
    [updated.Configuration?.MemorySize, updated.Configuration?.Timeout, updated.Concurrency],
    [128, 3, undefined],
  );
  await type.delete(state, second, context('CreateTaskLambdaFunction'));
  await type.delete(state, second, context('CreateTaskLambdaFunction'));
  assert.deepEqual((await client.send(new ListFunctionsCommand({}))).Functions, []);
});

test('a template may hold the source itself', async (t) => {
  const fixture = await startLambda(t);
  const source = properties({ FunctionName: 'inline', Code: { ZipFile: 'exports.handler = async () => "inline"' } });
  await typeOf(fixture, 'Function').create(source, context('Inline'));
  assert.equal((await fixture.call('inline')).payload, 'inline');
});

test('what cannot be honoured is refused by name', async (t) => {
  const fixture = await startLambda(t);
  const type = typeOf(fixture, 'Function');
  assert.throws(
    () => type.validate(properties({ FileSystemConfigs: [], ImageConfig: {} }), 'F'),
    /unsupported properties FileSystemConfigs, ImageConfig/,
  );
  assert.throws(
    () => type.validate(properties({ Code: { ImageUri: 'x' } }), 'F'),
    /unsupported property Code.ImageUri/,
  );
  type.validate(
    properties({
      KmsKeyArn: 'k',
      TracingConfig: { Mode: 'Active' },
      VpcConfig: { SubnetIds: ['a'], SecurityGroupIds: ['b'] },
      EphemeralStorage: { Size: 1024 },
      SnapStart: { ApplyOn: 'None' },
      RuntimeManagementConfig: { UpdateRuntimeOn: 'Auto' },
      RecursiveLoop: 'Terminate',
    }),
    'F',
  );
  await assert.rejects(type.create(properties({ Code: { S3Bucket: 'b', S3Key: 'none' } }), context('F')), /NoSuchKey/);
});

test('versions, aliases, permissions and asynchronous invocation come and go with a stack', async (t) => {
  const fixture = await startLambda(t);
  const { define, client, call } = fixture;
  await define('tasks', 'exports.handler = async () => process.env.AWS_LAMBDA_FUNCTION_VERSION');
  const make = (name: string, input: JsonObject) => typeOf(fixture, name).create(input, context(name));
  const drop = async (name: string, made: Awaited<ReturnType<typeof make>>, input: JsonObject) => {
    await typeOf(fixture, name).delete(made, input, context(name));
    await typeOf(fixture, name).delete(made, input, context(name));
  };
  const versionInput = {
    FunctionName: 'tasks',
    CodeSha256: (await client.send(new GetFunctionCommand({ FunctionName: 'tasks' }))).Configuration?.CodeSha256 ?? '',
  };
  const version = await make('Version', versionInput);
  assert.equal(version.physicalId, 'arn:aws:lambda:us-east-1:000000000000:function:tasks:1');
  assert.equal(version.attributes.Version, '1');
  await assert.rejects(make('Version', { ...versionInput, CodeSha256: 'other' }), /different from current CodeSHA256/);

  const aliasInput = { FunctionName: 'tasks', FunctionVersion: '1', Name: 'live' };
  const alias = await make('Alias', aliasInput);
  assert.equal((await call(alias.physicalId)).payload, '1');
  const permissionInput = {
    FunctionName: alias.physicalId,
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: 'arn:aws:execute-api:us-east-1:000000000000:api/*/*',
  };
  const permission = await make('Permission', permissionInput);
  assert.match(
    (await client.send(new GetPolicyCommand({ FunctionName: 'tasks', Qualifier: 'live' }))).Policy ?? '',
    /apigateway/,
  );
  const configInput = { FunctionName: 'tasks', Qualifier: '$LATEST', MaximumRetryAttempts: '0' };
  const config = await make('EventInvokeConfig', configInput);
  assert.equal(
    (await client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'tasks' }))).MaximumRetryAttempts,
    0,
  );

  await drop('EventInvokeConfig', config, configInput);
  await drop('Permission', permission, permissionInput);
  await drop('Alias', alias, aliasInput);
  await drop('Version', version, versionInput);
  await assert.rejects(client.send(new GetFunctionCommand({ FunctionName: 'tasks', Qualifier: '1' })), {
    name: 'ResourceNotFoundException',
  });
});
