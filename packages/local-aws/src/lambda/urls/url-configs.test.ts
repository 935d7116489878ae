import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  type LambdaClient,
  ListFunctionUrlConfigsCommand,
  PublishVersionCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { startLambda } from '../lambda.fixture.ts';

/** The answers are those that AWS was recorded to give. */

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:shown';
const pattern = String.raw`((?!^\d+$)^[0-9a-zA-Z-_]+$)`;

async function start(context: TestContext): Promise<LambdaClient> {
  const { client, define } = await startLambda(context);
  await define('shown', 'exports.handler = async () => 1;');
  await client.send(new PublishVersionCommand({ FunctionName: 'shown' }));
  await client.send(new CreateAliasCommand({ FunctionName: 'shown', Name: 'live', FunctionVersion: '1' }));
  return client;
}

const create = { FunctionName: 'shown', AuthType: 'NONE' } as const;

describe('the configuration of a function URL', () => {
  it('is made, shown, changed and deleted', async (t) => {
    const client = await start(t);
    const { $metadata, FunctionUrl, CreationTime, ...made } = await client.send(
      new CreateFunctionUrlConfigCommand(create),
    );
    assert.equal($metadata.httpStatusCode, 201);
    assert.match(FunctionUrl ?? '', /^http:\/\/127\.0\.0\.1:\d+\/_aws\/lambda-url\/[a-z0-9]{32}\/$/);
    assert.deepEqual(made, { FunctionArn: arn, AuthType: 'NONE' });
    await assert.rejects(client.send(new CreateFunctionUrlConfigCommand(create)), {
      name: 'ResourceConflictException',
      message: `Failed to create function url config for [functionArn = ${arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
    });
    const {
      LastModifiedTime,
      $metadata: _,
      ...shown
    } = await client.send(new GetFunctionUrlConfigCommand({ FunctionName: 'shown' }));
    assert.deepEqual(shown, { ...made, FunctionUrl, CreationTime, InvokeMode: 'BUFFERED' });
    assert.equal(LastModifiedTime, CreationTime);
    const changed = await client.send(
      new UpdateFunctionUrlConfigCommand({ FunctionName: 'shown', AuthType: 'AWS_IAM', Cors: { AllowOrigins: ['*'] } }),
    );
    assert.deepEqual(
      [changed.AuthType, changed.InvokeMode, changed.Cors],
      ['AWS_IAM', undefined, { AllowOrigins: ['*'] }],
    );
    await client.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'shown', InvokeMode: 'RESPONSE_STREAM' }));
    const kept = await client.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'shown' }));
    assert.deepEqual([kept.AuthType, kept.InvokeMode], ['AWS_IAM', 'RESPONSE_STREAM']);
    await client.send(new DeleteFunctionUrlConfigCommand({ FunctionName: 'shown' }));
    await assert.rejects(client.send(new GetFunctionUrlConfigCommand({ FunctionName: 'shown' })), {
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
  });

  it('belongs to a function or an alias, with which it goes', async (t) => {
    const client = await start(t);
    const own = await client.send(new CreateFunctionUrlConfigCommand(create));
    const alias = await client.send(new CreateFunctionUrlConfigCommand({ ...create, FunctionName: 'shown:live' }));
    assert.notEqual(own.FunctionUrl, alias.FunctionUrl);
    assert.equal(alias.FunctionArn, `${arn}:live`);
    const list = (page: { MaxItems?: number; Marker?: string | undefined } = {}) =>
      client.send(new ListFunctionUrlConfigsCommand({ FunctionName: 'shown', ...page }));
    assert.equal((await list()).FunctionUrlConfigs?.length, 2);
    const first = await list({ MaxItems: 1 });
    const second = await list({ MaxItems: 1, Marker: first.NextMarker });
    assert.deepEqual(
      [first, second].flatMap(({ FunctionUrlConfigs = [] }) =>
        FunctionUrlConfigs.map(({ FunctionUrl }) => FunctionUrl),
      ),
      [own.FunctionUrl, alias.FunctionUrl],
    );
    await client.send(new DeleteFunctionUrlConfigCommand({ FunctionName: 'shown' }));
    const qualified = new GetFunctionUrlConfigCommand({ FunctionName: 'shown', Qualifier: 'live' });
    assert.equal((await client.send(qualified)).FunctionUrl, alias.FunctionUrl);
    await client.send(new DeleteAliasCommand({ FunctionName: 'shown', Name: 'live' }));
    await assert.rejects(client.send(qualified), { name: 'ResourceNotFoundException' });
  });

  it('is what a template says after an update, and may be gone when its stack is deleted', async (t) => {
    const { client, define, lambda } = await startLambda(t);
    await define('shown', 'exports.handler = async () => 1;');
    const type = lambda.resourceTypes.find(({ type: name }) => name === 'AWS::Lambda::Url');
    assert(type);
    const context = { stackName: 's', stackId: 's', logicalId: 'Url', region: 'us-east-1', tags: {} };
    const first = { TargetFunctionArn: arn, AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM', Cors: { MaxAge: '5' } };
    const state = await type.create(first, context);
    const shown = () => client.send(new GetFunctionUrlConfigCommand({ FunctionName: 'shown' }));
    const made = await shown();
    assert.deepEqual([made.InvokeMode, made.Cors], ['RESPONSE_STREAM', { MaxAge: 5 }]);
    assert.deepEqual(state, { physicalId: arn, attributes: { FunctionArn: arn, FunctionUrl: made.FunctionUrl } });
    const next = { TargetFunctionArn: arn, AuthType: 'AWS_IAM' };
    assert.equal(type.needsReplacement(first, next), false);
    assert.deepEqual(await type.update(next, { properties: first, state }, context), state);
    const changed = await shown();
    assert.deepEqual([changed.AuthType, changed.InvokeMode, changed.Cors], ['AWS_IAM', 'BUFFERED', undefined]);
    await type.delete(state, next, context);
    await type.delete(state, next, context);
    await assert.rejects(shown(), { name: 'ResourceNotFoundException' });
  });

  it('is refused for what has none, and for values of no kind', async (t) => {
    const client = await start(t);
    const missing = { name: 'ResourceNotFoundException', message: 'Function does not exist' };
    const gone = { name: 'ResourceNotFoundException', message: 'The resource you requested does not exist.' };
    const refusals: [Partial<{ FunctionName: string; Qualifier: string }>, object, object][] = [
      [{ FunctionName: 'doesnotexist' }, missing, gone],
      [{ FunctionName: arn.replace('shown', 'doesnotexist') }, missing, gone],
      [{ Qualifier: 'v1' }, missing, gone],
      ...['1', '2', '$LATEST'].map((qualifier): [{ Qualifier: string }, object, object] => {
        const error = {
          name: 'ValidationException',
          message: `1 validation error detected: Value '${qualifier}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
        };
        return [{ Qualifier: qualifier }, error, error];
      }),
    ];
    for (const [input, ofChange, ofRead] of refusals) {
      const target = { FunctionName: 'shown', ...input };
      await assert.rejects(client.send(new CreateFunctionUrlConfigCommand({ ...create, ...input })), ofChange);
      await assert.rejects(client.send(new UpdateFunctionUrlConfigCommand(target)), ofChange);
      await assert.rejects(client.send(new GetFunctionUrlConfigCommand(target)), ofRead);
      await assert.rejects(client.send(new DeleteFunctionUrlConfigCommand(target)), ofRead);
    }
    await assert.rejects(client.send(new ListFunctionUrlConfigsCommand({ FunctionName: 'doesnotexist' })), missing);
    // @ts-expect-error: no mode of AWS
    await assert.rejects(client.send(new CreateFunctionUrlConfigCommand({ ...create, InvokeMode: 'UNKNOWN' })), {
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'UNKNOWN' at 'invokeMode' failed to satisfy constraint: Member must satisfy enum value set: [RESPONSE_STREAM, BUFFERED]",
    });
  });
});
