import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetAccountSettingsCommand,
  GetAliasCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListCodeSigningConfigsCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { memoryState } from '../core/memory-state.fixture.ts';
import { role, startLambda, zip } from './lambda.fixture.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:tasks';
const code = { 'index.js': `exports.handler = async () => process.env.AWS_LAMBDA_FUNCTION_VERSION` };

test('a function is shown as it was made, with the defaults of AWS', async (t) => {
  const { client, define } = await startLambda(t);
  await define('tasks', code, { Tags: { team: 'x' } });
  const { Configuration, Code, Tags } = await client.send(new GetFunctionCommand({ FunctionName: 'tasks' }));
  const { CodeSize, RevisionId, LastModified, RuntimeVersionConfig, ...rest } = Configuration ?? {};
  assert.deepEqual(rest, {
    FunctionName: 'tasks',
    FunctionArn: arn,
    Runtime: 'nodejs24.x',
    Role: role,
    Handler: 'index.handler',
    CodeSha256: createHash('sha256').update(zip(code)).digest('base64'),
    Description: '',
    Timeout: 3,
    MemorySize: 128,
    Version: '$LATEST',
    TracingConfig: { Mode: 'PassThrough' },
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/tasks' },
  });
  assert.equal(CodeSize, zip(code).length);
  assert.match(RevisionId ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(LastModified, '2026-01-01T00:00:00.000+0000');
  assert.deepEqual(Tags, { team: 'x' });
  const download = await fetch(Code?.Location ?? '');
  assert.deepEqual(Buffer.from(await download.arrayBuffer()), zip(code));
  const [base] = (Code?.Location ?? '').split('?');
  assert.equal((await fetch(`${base}?X-Amz-Credential=test/20260101/us-east-1/lambda/aws4_request`)).status, 403);
});

const refusals: Record<string, { settings: Record<string, unknown>; name: string; message: RegExp }> = {
  'too little memory': {
    settings: { MemorySize: 64 },
    name: 'ValidationException',
    message:
      /Value '64' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128/,
  },
  'a long timeout': {
    settings: { Timeout: 901 },
    name: 'ValidationException',
    message: /'timeout'.*less than or equal to 900/,
  },
  'an old runtime': {
    settings: { Runtime: 'nodejs16.x' },
    name: 'InvalidParameterValueException',
    message: /nodejs16.x.*nodejs20.x, nodejs22.x, nodejs24.x only/,
  },
  'another language': {
    settings: { Runtime: 'python3.13' },
    name: 'InvalidParameterValueException',
    message: /python3.13/,
  },
  'a role that is none': { settings: { Role: 'admin' }, name: 'ValidationException', message: /'role'/ },
  'file systems': {
    settings: {
      FileSystemConfigs: [{ Arn: 'arn:aws:elasticfilesystem:us-east-1:1:access-point/a', LocalMountPath: '/mnt/a' }],
    },
    name: 'SerializationException',
    message: /does not support file systems/,
  },
  'reserved variables': {
    settings: { Environment: { Variables: { AWS_REGION: 'x' } } },
    name: 'InvalidParameterValueException',
    message: /Reserved keys used in this request: AWS_REGION/,
  },
  'a dead-letter target that Lambda does not have': {
    settings: { DeadLetterConfig: { TargetArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/lost' } },
    name: 'InvalidParameterValueException',
    message: /The dead-letter target \S+stream\/lost is not supported/,
  },
  'a wrapper script': {
    settings: { Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrapper' } } },
    name: 'InvalidParameterValueException',
    message: /does not run the wrapper scripts/,
  },
  'more than 4 KB of variables': {
    settings: { Environment: { Variables: { LONG: 'x'.repeat(5000) } } },
    name: 'InvalidParameterValueException',
    message: /exceeded the 4KB limit/,
  },
  'an architecture that is none': {
    settings: { Architectures: ['sparc'] },
    name: 'ValidationException',
    message: /\[x86_64, arm64\]/,
  },
  'an image': { settings: { PackageType: 'Image' }, name: 'SerializationException', message: /PackageType/ },
  'an unknown member': {
    settings: { CodeSigningConfigArn: 'x' },
    name: 'InvalidParameterValueException',
    message: /does not support CodeSigningConfigArn/,
  },
  'a package that is no zip': {
    settings: { Code: { ZipFile: Buffer.from('hello') } },
    name: 'InvalidParameterValueException',
    message: /Could not unzip uploaded file/,
  },
  'a package that leaves its folder': {
    settings: { Code: { ZipFile: zip({ '../evil.js': '' }) } },
    name: 'InvalidParameterValueException',
    message: /leaves it/,
  },
  'an object that is not there': {
    settings: { Code: { S3Bucket: 'b', S3Key: 'k' } },
    name: 'InvalidParameterValueException',
    message: /S3 Error Code: NoSuchKey/,
  },
};
for (const [what, { settings, name, message }] of Object.entries(refusals)) {
  test(`a function with ${what} is refused`, async (t) => {
    const { define } = await startLambda(t);
    await assert.rejects(define('tasks', code, settings), { name, message });
  });
}

test('a function comes from S3, exists once, and is gone after its deletion', async (t) => {
  const { client, call, objects, define } = await startLambda(t);
  objects.set('bucket/key', zip(code));
  const input = {
    FunctionName: arn,
    Role: role,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { S3Bucket: 'bucket', S3Key: 'key' },
  } as const;
  await client.send(new CreateFunctionCommand(input));
  assert.equal((await call('tasks')).payload, '$LATEST');
  await assert.rejects(define('tasks', code), {
    name: 'ResourceConflictException',
    message: 'Function already exist: tasks',
  });
  await client.send(new DeleteFunctionCommand({ FunctionName: 'tasks' }));
  await assert.rejects(client.send(new DeleteFunctionCommand({ FunctionName: 'tasks' })), {
    name: 'ResourceNotFoundException',
  });
  await define('tasks', code);
  assert.equal((await call('tasks')).payload, '$LATEST');
});

test('code and configuration are updated, guarded by the revision', async (t) => {
  const { client, define, call } = await startLambda(t);
  await define('tasks', code);
  const before = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'tasks' }));
  const dry = await client.send(
    new UpdateFunctionCodeCommand({
      FunctionName: 'tasks',
      ZipFile: zip({ 'index.js': 'exports.handler = async () => 2' }),
      DryRun: true,
    }),
  );
  assert.notEqual(dry.CodeSha256, before.CodeSha256);
  assert.equal((await call('tasks')).payload, '$LATEST');
  await client.send(
    new UpdateFunctionCodeCommand({
      FunctionName: 'tasks',
      ZipFile: zip({ 'index.js': 'exports.handler = async () => 2' }),
    }),
  );
  assert.equal((await call('tasks')).payload, 2);
  await assert.rejects(
    client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'tasks', RevisionId: before.RevisionId, Timeout: 9 }),
    ),
    { name: 'PreconditionFailedException' },
  );
  const after = await client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'tasks',
      Timeout: 9,
      MemorySize: 256,
      Environment: { Variables: { AB: '1' } },
    }),
  );
  assert.deepEqual([after.Timeout, after.MemorySize, after.Environment], [9, 256, { Variables: { AB: '1' } }]);
  await assert.rejects(client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'tasks', Timeout: 0 })), {
    name: 'ValidationException',
  });
});

test('versions are frozen, aliases point to them, and both are invoked by qualifier', async (t) => {
  const { client, define } = await startLambda(t);
  await define('tasks', code);
  const first = await client.send(new PublishVersionCommand({ FunctionName: 'tasks', Description: 'one' }));
  assert.deepEqual([first.Version, first.FunctionArn, first.Description], ['1', `${arn}:1`, 'one']);
  assert.equal((await client.send(new PublishVersionCommand({ FunctionName: 'tasks' }))).Version, '1');
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'tasks', Timeout: 9 }));
  assert.equal((await client.send(new PublishVersionCommand({ FunctionName: 'tasks' }))).Version, '2');
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'tasks', Description: 'new' }));
  const third = await client.send(new PublishVersionCommand({ FunctionName: 'tasks', Description: 'three' }));
  assert.deepEqual([third.Version, third.Description], ['3', 'three'], 'a description is configuration');
  const again = await client.send(new PublishVersionCommand({ FunctionName: 'tasks', Description: 'four' }));
  assert.deepEqual([again.Version, again.Description], ['3', 'three'], 'the description of a version is not');
  const { Versions = [] } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'tasks' }));
  assert.deepEqual(
    Versions.map(({ Version, Timeout }) => [Version, Timeout]),
    [
      ['$LATEST', 9],
      ['1', 3],
      ['2', 9],
      ['3', 9],
    ],
  );

  const live = { FunctionName: 'tasks', Name: 'live' };
  const alias = await client.send(new CreateAliasCommand({ ...live, FunctionVersion: '1' }));
  assert.deepEqual([alias.AliasArn, alias.FunctionVersion], [`${arn}:live`, '1']);
  await assert.rejects(client.send(new CreateAliasCommand({ ...live, FunctionVersion: '1' })), {
    name: 'ResourceConflictException',
  });
  await assert.rejects(client.send(new CreateAliasCommand({ ...live, Name: 'x', FunctionVersion: '7' })), {
    name: 'ResourceNotFoundException',
  });
  const invoke = async (name: string, Qualifier?: string): Promise<unknown> => {
    const answer = await client.send(new InvokeCommand({ FunctionName: name, Qualifier }));
    return [answer.ExecutedVersion, JSON.parse(answer.Payload?.transformToString() ?? '')];
  };
  assert.deepEqual(await invoke('tasks', 'live'), ['1', '1']);
  assert.deepEqual(await invoke(`${arn}:2`), ['2', '2']);
  assert.deepEqual(await invoke('000000000000:function:tasks:$LATEST'), ['$LATEST', '$LATEST']);
  await client.send(
    new UpdateAliasCommand({ ...live, FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: { 1: 1 } } }),
  );
  assert.deepEqual(await invoke('tasks:live'), ['1', '1']);
  await client.send(new UpdateAliasCommand({ ...live, RoutingConfig: { AdditionalVersionWeights: {} } }));
  assert.deepEqual(await invoke('tasks:live'), ['2', '2']);
  await assert.rejects(client.send(new DeleteFunctionCommand({ FunctionName: 'tasks', Qualifier: '2' })), {
    name: 'InvalidParameterValueException',
  });
  assert.equal((await client.send(new ListAliasesCommand({ FunctionName: 'tasks' }))).Aliases?.length, 1);
  await client.send(new DeleteAliasCommand(live));
  await assert.rejects(client.send(new GetAliasCommand(live)), { name: 'ResourceNotFoundException' });
  await assert.rejects(invoke('tasks', 'live'), { message: `Function not found: ${arn}:live` });
  await client.send(new DeleteFunctionCommand({ FunctionName: 'tasks', Qualifier: '2' }));
  await assert.rejects(invoke('tasks', '2'), { name: 'ResourceNotFoundException' });
});

test('a policy is built statement by statement', async (t) => {
  const { client, define } = await startLambda(t);
  await define('tasks', code);
  const permission = {
    FunctionName: 'tasks',
    StatementId: 'api',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
  };
  await assert.rejects(client.send(new GetPolicyCommand({ FunctionName: 'tasks' })), {
    name: 'ResourceNotFoundException',
  });
  const { Statement } = await client.send(
    new AddPermissionCommand({ ...permission, SourceArn: 'arn:aws:execute-api:*' }),
  );
  assert.deepEqual(JSON.parse(Statement ?? ''), {
    Sid: 'api',
    Effect: 'Allow',
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: arn,
    Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:execute-api:*' } },
  });
  await assert.rejects(client.send(new AddPermissionCommand(permission)), { name: 'ResourceConflictException' });
  await assert.rejects(
    client.send(new AddPermissionCommand({ ...permission, StatementId: 'x', EventSourceToken: 'token' })),
    {
      message: /does not support EventSourceToken/,
    },
  );
  const { Policy } = await client.send(new GetPolicyCommand({ FunctionName: 'tasks' }));
  assert.match(Policy ?? '', /^\{"Version":"2012-10-17","Id":"default","Statement":\[\{"Sid":"api"/);
  await client.send(new RemovePermissionCommand({ FunctionName: 'tasks', StatementId: 'api' }));
  await assert.rejects(client.send(new RemovePermissionCommand({ FunctionName: 'tasks', StatementId: 'api' })), {
    name: 'ResourceNotFoundException',
  });
});

test('concurrency, asynchronous invocation and tags are kept by function', async (t) => {
  const { client, define } = await startLambda(t);
  await define('tasks', code);
  const FunctionName = 'tasks';
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 5 }));
  assert.equal(
    (await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions,
    5,
  );
  assert.deepEqual((await client.send(new GetFunctionCommand({ FunctionName }))).Concurrency, {
    ReservedConcurrentExecutions: 5,
  });
  assert.equal(
    (await client.send(new GetAccountSettingsCommand({}))).AccountLimit?.UnreservedConcurrentExecutions,
    995,
  );
  await assert.rejects(
    client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 901 })),
    {
      message: /below its minimum value of \[100\]/,
    },
  );
  await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  assert.equal(
    (await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions,
    undefined,
  );

  await assert.rejects(
    client.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 1 })),
    { name: 'ResourceNotFoundException' },
  );
  await client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 1 }));
  await client.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumEventAgeInSeconds: 60 }));
  const config = await client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
  assert.deepEqual(
    [
      config.FunctionArn,
      config.MaximumRetryAttempts,
      config.MaximumEventAgeInSeconds,
      config.LastModified?.toISOString(),
    ],
    [`${arn}:$LATEST`, 1, 60, '2026-01-01T00:00:00.000Z'],
  );
  await assert.rejects(
    client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 3 })),
    { name: 'ValidationException' },
  );
  await assert.rejects(
    client.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::bucket' } },
      }),
    ),
    { name: 'InvalidParameterValueException' },
  );
  await client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }));

  await client.send(new TagResourceCommand({ Resource: arn, Tags: { a: '1', b: '2' } }));
  await client.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['a'] }));
  assert.deepEqual((await client.send(new ListTagsCommand({ Resource: arn }))).Tags, { b: '2' });
});

test('functions are listed page by page', async (t) => {
  const { client, define } = await startLambda(t);
  for (const name of ['c', 'a', 'b']) await define(name, code);
  const first = await client.send(new ListFunctionsCommand({ MaxItems: 2 }));
  const second = await client.send(new ListFunctionsCommand({ MaxItems: 2, Marker: first.NextMarker }));
  assert.deepEqual(
    [first, second].map(({ Functions = [] }) => Functions.map(({ FunctionName }) => FunctionName)),
    [['a', 'b'], ['c']],
  );
  assert.equal(second.NextMarker, undefined);
  await assert.rejects(client.send(new ListFunctionsCommand({ Marker: 'forged' })), {
    name: 'InvalidParameterValueException',
  });
});

test('what is always at its default is answered, what is not there is refused by name', async (t) => {
  const { client, define } = await startLambda(t);
  await define('tasks', code);
  assert.equal(
    (await client.send(new GetFunctionCodeSigningConfigCommand({ FunctionName: 'tasks' }))).FunctionName,
    'tasks',
  );
  await assert.rejects(client.send(new ListCodeSigningConfigsCommand({})), {
    name: 'UnsupportedOperation',
    message: /lambda:GET \/2020-04-22\/code-signing-configs/,
  });
});

test('functions survive a restart when state is kept', async (t) => {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const directory = mkdtempSync(join(tmpdir(), 'lambda-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const state = memoryState(directory);
  const before = await startLambda(t, { state });
  await before.define('tasks', code, { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:q' } });
  await before.client.send(new PublishVersionCommand({ FunctionName: 'tasks' }));
  await before.lambda.close();
  const after = await startLambda(t, { state });
  assert.equal((await after.call('tasks')).payload, '$LATEST');
  const shown = await after.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'tasks', Qualifier: '1' }));
  assert.equal(shown.DeadLetterConfig?.TargetArn, 'arn:aws:sqs:us-east-1:000000000000:q');
});

test('malformed calls are never the endpoint’s fault', async (t) => {
  const { url, define } = await startLambda(t);
  await define('tasks', code);
  const segment = fc.constantFrom(
    'functions',
    'tasks',
    'versions',
    'aliases',
    'policy',
    'configuration',
    'code',
    'concurrency',
    'event-invoke-config',
    'tags',
    'invocations',
    'url',
    'urls',
    '%',
    '%zz',
    '..',
    'a b',
    '$LATEST',
  );
  const call = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
    version: fc.constantFrom(
      '2015-03-31',
      '2017-10-31',
      '2019-09-25',
      '2017-03-31',
      '2016-08-19',
      '2021-10-31',
      '2018-10-31',
      'x',
    ),
    parent: fc.constantFrom('functions/tasks', 'layers/shared', 'layers'),
    segments: fc.array(segment, { maxLength: 4 }),
    query: fc.constantFrom(
      '',
      '?Qualifier=live',
      '?Marker=x',
      '?MaxItems=-1',
      '?Qualifier=%00',
      '?find=LayerVersion&Arn=x',
    ),
    body: fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom(
        '{"Code":{"ZipFile":"!"}}',
        '{"ReservedConcurrentExecutions":"1"}',
        '[]',
        'null',
        '{"AuthType":"NONE","Cors":{"MaxAge":-1}}',
        '{"Content":{"ZipFile":"!"}}',
      ),
    ),
  });
  const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request' };
  await fc.assert(
    fc.asyncProperty(call, async ({ method, version, parent, segments, query, body }) => {
      const path = `/${version}/${parent}/${segments.map((text) => text.replaceAll(' ', '%20')).join('/')}${query}`;
      const answer = await fetch(url + path, { method, headers, ...(method === 'GET' ? {} : { body }) });
      await answer.arrayBuffer();
      if (method === 'DELETE' && answer.status === 204) await define('tasks', code).catch(() => {});
      assert.ok(answer.status < 500, `${method} ${path}: ${answer.status}`);
    }),
    { numRuns: 300 },
  );
});
