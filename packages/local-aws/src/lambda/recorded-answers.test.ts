import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { role, startLambda, zip } from './lambda.fixture.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/lambda_/test_lambda_api.snapshot.json of its
// repository. The names of its tests stand at the expectations.
test('Lambda refuses calls as it was recorded on AWS', async (t) => {
  const { client, define } = await startLambda(t);
  await define('f', 'exports.handler = async () => 1');
  const FunctionName = 'f';
  const arn = (rest: string) => `arn:aws:lambda:us-east-1:000000000000:function:${rest}`;
  await client.send(new PublishVersionCommand({ FunctionName }));
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 4 }));
  await client.send(new PublishVersionCommand({ FunctionName }));
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  await client.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 's3',
      Action: 'lambda:InvokeFunction',
      Principal: 's3.amazonaws.com',
    }),
  );
  const code = { ZipFile: zip({ 'index.js': '' }) };
  const creation = {
    FunctionName: 'g',
    Role: role,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: code,
  } as const;
  const notFound = 'ResourceNotFoundException';
  const invalid = 'InvalidParameterValueException';
  const stale =
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';
  const mismatch = 'The derived qualifier from the function name does not match the specified qualifier.';
  const alias = { FunctionName, FunctionVersion: '1' };
  const permission = { FunctionName, StatementId: 'a', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' };

  const cases: readonly [test: string, call: () => Promise<unknown>, name: string, message: string | RegExp][] = [
    // Functions
    [
      'test_ops_on_nonexisting_fn',
      () => client.send(new DeleteFunctionCommand({ FunctionName: 'no' })),
      notFound,
      `Function not found: ${arn('no')}`,
    ],
    [
      'test_ops_on_nonexisting_fn',
      () => client.send(new GetFunctionCommand({ FunctionName: 'no' })),
      notFound,
      `Function not found: ${arn('no')}`,
    ],
    [
      'test_ops_on_nonexisting_fn',
      () => client.send(new GetFunctionConcurrencyCommand({ FunctionName: 'no' })),
      notFound,
      `Function not found: ${arn('no')}`,
    ],
    [
      'test_invoke_exceptions',
      () => client.send(new InvokeCommand({ FunctionName: 'no' })),
      notFound,
      `Function not found: ${arn('no:$LATEST')}`,
    ],
    [
      'test_ops_on_nonexisting_version',
      () => client.send(new GetFunctionCommand({ FunctionName, Qualifier: '1221' })),
      notFound,
      `Function not found: ${arn('f:1221')}`,
    ],
    [
      'test_ops_with_arn_qualifier_mismatch',
      () => client.send(new GetFunctionConfigurationCommand({ FunctionName: arn('f:1'), Qualifier: '2' })),
      invalid,
      mismatch,
    ],
    [
      'test_ops_with_arn_qualifier_mismatch',
      () => client.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '$LATEST' })),
      invalid,
      '$LATEST version cannot be deleted without deleting the function.',
    ],
    [
      'test_function_arns',
      () => client.send(new CreateFunctionCommand({ ...creation, FunctionName: 'a'.repeat(65) })),
      invalid,
      /^1 validation error detected: Value 'a{65}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64$/,
    ],
    [
      'test_function_arns',
      () => client.send(new GetFunctionCommand({ FunctionName: 'invalid:function:name' })),
      'ValidationException',
      /^1 validation error detected: Value 'invalid:function:name' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern/,
    ],
    [
      'test_create_lambda_exceptions',
      () => client.send(new CreateFunctionCommand({ ...creation, Code: { ZipFile: Buffer.from('no zip') } })),
      invalid,
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    ],
    [
      'test_create_lambda_exceptions',
      () => client.send(new CreateFunctionCommand({ ...creation, Role: 'r1' })),
      'ValidationException',
      String.raw`1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`,
    ],
    [
      'test_create_lambda_exceptions',
      () => client.send(new CreateFunctionCommand({ ...creation, Architectures: ['x86_64', 'arm64'] })),
      'ValidationException',
      "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
    [
      'test_create_lambda_exceptions',
      () => client.send(new CreateFunctionCommand({ ...creation, Architectures: ['X86_64' as 'x86_64'] })),
      'ValidationException',
      "1 validation error detected: Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ],
    [
      'test_lambda_code_location_s3_errors',
      () => client.send(new UpdateFunctionCodeCommand({ FunctionName, S3Bucket: 'no-bucket', S3Key: 'k' })),
      invalid,
      /^Error occurred while GetObject. S3 Error Code: NoSuch/,
    ],
    [
      'test_large_environment_variables_fails',
      () =>
        client.send(
          new UpdateFunctionConfigurationCommand({
            FunctionName,
            Environment: { Variables: { LARGE_VAR: 'x'.repeat(4096) } },
          }),
        ),
      invalid,
      /^Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: \{"LARGE_VAR":"x+"\}$/,
    ],
    // Versions and revisions
    [
      'test_publish_with_wrong_revisionid',
      () => client.send(new PublishVersionCommand({ FunctionName, RevisionId: 'no' })),
      'PreconditionFailedException',
      stale,
    ],
    [
      'test_publish_with_wrong_sha256',
      () => client.send(new PublishVersionCommand({ FunctionName, CodeSha256: 'no' })),
      invalid,
      /^CodeSHA256 \(no\) is different from current CodeSHA256 in \$LATEST \(\S+\)\. Please try again with the CodeSHA256 in \$LATEST\.$/,
    ],
    [
      'test_function_revisions_basic',
      () => client.send(new UpdateFunctionConfigurationCommand({ FunctionName, RevisionId: 'no' })),
      'PreconditionFailedException',
      stale,
    ],
    // Aliases
    [
      'test_notfound_and_invalid_routingconfigs',
      () =>
        client.send(
          new CreateAliasCommand({
            ...alias,
            Name: 'x',
            RoutingConfig: { AdditionalVersionWeights: { 2: 0.2, 1: 0.1 } },
          }),
        ),
      invalid,
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    ],
    [
      'test_notfound_and_invalid_routingconfigs',
      () =>
        client.send(
          new CreateAliasCommand({ ...alias, Name: 'x', RoutingConfig: { AdditionalVersionWeights: { 2: 2 } } }),
        ),
      'ValidationException',
      "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
    ],
    [
      'test_notfound_and_invalid_routingconfigs',
      () =>
        client.send(
          new CreateAliasCommand({ ...alias, Name: 'x', RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } } }),
        ),
      invalid,
      'Invalid function version 1. Function version 1 is already included in routing configuration.',
    ],
    [
      'test_notfound_and_invalid_routingconfigs',
      () => client.send(new CreateAliasCommand({ FunctionName, Name: 'x', FunctionVersion: '10' })),
      notFound,
      `Function not found: ${arn('f:10')}`,
    ],
    [
      'test_notfound_and_invalid_routingconfigs',
      () =>
        client.send(
          new CreateAliasCommand({ ...alias, Name: 'x', RoutingConfig: { AdditionalVersionWeights: { 10: 0.5 } } }),
        ),
      notFound,
      `Function not found: ${arn('f:10')}`,
    ],
    [
      'test_notfound_and_invalid_routingconfigs',
      () =>
        client.send(
          new CreateAliasCommand({
            FunctionName,
            Name: 'x',
            FunctionVersion: '$LATEST',
            RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } },
          }),
        ),
      invalid,
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ],
    [
      'test_notfound_and_invalid_routingconfigs',
      () => client.send(new CreateAliasCommand({ ...alias, Name: 'live' })),
      'ResourceConflictException',
      `Alias already exists: ${arn('f:live')}`,
    ],
    [
      'test_notfound_and_invalid_routingconfigs',
      () => client.send(new GetAliasCommand({ FunctionName, Name: 'no' })),
      notFound,
      `Cannot find alias arn: ${arn('f:no')}`,
    ],
    [
      'test_non_existent_alias_update',
      () => client.send(new UpdateAliasCommand({ FunctionName, Name: 'no' })),
      notFound,
      `Alias not found: ${arn('f:no')}`,
    ],
    [
      'test_alias_naming',
      () => client.send(new CreateAliasCommand({ ...alias, Name: '2024' })),
      'ValidationException',
      "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    ],
    // Asynchronous invocation
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () => client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'no', MaximumRetryAttempts: 1 })),
      notFound,
      "The function doesn't exist.",
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () => client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName })),
      invalid,
      'You must specify at least one of error handling or destination setting.',
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () =>
        client.send(
          new PutFunctionEventInvokeConfigCommand({
            FunctionName,
            DestinationConfig: { OnSuccess: { Destination: arn('f') } },
          }),
        ),
      invalid,
      "You can't specify the function as a destination for itself.",
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () =>
        client.send(
          new PutFunctionEventInvokeConfigCommand({
            FunctionName,
            DestinationConfig: { OnSuccess: { Destination: arn('doesnotexist') } },
          }),
        ),
      invalid,
      `The destination ARN ${arn('doesnotexist')} is invalid.`,
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () => client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })),
      notFound,
      `The function ${arn('f:$LATEST')} doesn't have an EventInvokeConfig`,
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () => client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'no' })),
      notFound,
      `The function ${arn('no:$LATEST')} doesn't have an EventInvokeConfig`,
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () => client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: 'no' })),
      notFound,
      `The function ${arn('f:no')} doesn't have an EventInvokeConfig`,
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () => client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName })),
      notFound,
      `The function ${arn('f:$LATEST')} doesn't have an EventInvokeConfig`,
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () => client.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 1 })),
      notFound,
      `The function ${arn('f:$LATEST')} doesn't have an EventInvokeConfig`,
    ],
    [
      'test_lambda_eventinvokeconfig_exceptions',
      () => client.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName: 'no' })),
      notFound,
      "The function doesn't exist.",
    ],
    // Concurrency
    [
      'test_function_concurrency_exceptions',
      () => client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'no', ReservedConcurrentExecutions: 1 })),
      notFound,
      `Function not found: ${arn('no:$LATEST')}`,
    ],
    [
      'test_function_concurrency_exceptions',
      () =>
        client.send(new PutFunctionConcurrencyCommand({ FunctionName: arn('f:1'), ReservedConcurrentExecutions: 1 })),
      invalid,
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    ],
    [
      'test_function_concurrency_limits',
      () => client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1001 })),
      invalid,
      /^Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of \[\d+\]\.$/,
    ],
    // Permissions
    [
      'test_remove_multi_permissions',
      () => client.send(new RemovePermissionCommand({ FunctionName, StatementId: 'no' })),
      notFound,
      'Statement no is not found in resource policy.',
    ],
    [
      'test_lambda_permission_fn_versioning',
      () => client.send(new GetPolicyCommand({ FunctionName, Qualifier: '1' })),
      notFound,
      'The resource you requested does not exist.',
    ],
    [
      'test_lambda_permission_revisions',
      () => client.send(new AddPermissionCommand({ ...permission, RevisionId: 'no' })),
      'PreconditionFailedException',
      stale,
    ],
    [
      'test_lambda_permission_revisions',
      () => client.send(new RemovePermissionCommand({ FunctionName, StatementId: 's3', RevisionId: 'no' })),
      'PreconditionFailedException',
      stale,
    ],
    [
      'test_add_lambda_permission_exceptions',
      () => client.send(new AddPermissionCommand({ ...permission, StatementId: 's3' })),
      'ResourceConflictException',
      'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
    ],
    [
      'test_add_lambda_permission_exceptions',
      () => client.send(new AddPermissionCommand({ ...permission, Principal: 'invalid.nonaws.com' })),
      invalid,
      'The provided principal was invalid. Please check the principal and try again.',
    ],
    [
      'test_add_lambda_permission_exceptions',
      () =>
        client.send(
          new AddPermissionCommand({
            FunctionName: 'no',
            StatementId: 'a',
            Action: 'lambda:InvokeFunction',
            Principal: 's3.amazonaws.com',
          }),
        ),
      notFound,
      `Function not found: ${arn('no')}`,
    ],
    [
      'test_add_lambda_permission_exceptions',
      () => client.send(new AddPermissionCommand({ ...permission, FunctionName: arn('f:1'), Qualifier: '2' })),
      invalid,
      mismatch,
    ],
    // Tags
    [
      'test_tag_nonexisting_resource',
      () => client.send(new TagResourceCommand({ Resource: arn('no'), Tags: { a: 'b' } })),
      notFound,
      `Function not found: ${arn('no')}`,
    ],
    [
      'test_tag_exceptions',
      () => client.send(new ListTagsCommand({ Resource: arn('f:live') })),
      invalid,
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    ],
  ];
  for (const [source, call, name, message] of cases) {
    await t.test(`${source}: ${message}`.slice(0, 150), () => assert.rejects(call(), { name, message }));
  }
});
