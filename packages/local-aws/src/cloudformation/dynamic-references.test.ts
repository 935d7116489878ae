import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { useEndpoint } from '../testing/use-endpoint.ts';

const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const role = (...statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'read', PolicyDocument: { Statement: statements } }],
  },
});
const code = `
const { SSMClient, GetParameterCommand } = require('@aws-sdk/client-ssm');
const { SecretsManagerClient, GetSecretValueCommand } = require('@aws-sdk/client-secrets-manager');
const attempt = (work) => work.catch(({ name }) => name);
exports.handler = async () => ({
  parameter: await attempt(new SSMClient().send(new GetParameterCommand({ Name: '/shop/level' })).then(({ Parameter }) => Parameter.Value)),
  secret: await attempt(new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: 'shop-database' })).then(({ SecretString }) => JSON.parse(SecretString).user)),
});`;
const reader = (name: string, roleName: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: arnOf(roleName),
    Timeout: 20,
    Code: { ZipFile: code },
    Environment: {
      Variables: {
        LEVEL: '{{resolve:ssm:/shop/level}}',
        FIRST: 'level {{resolve:ssm:/shop/level:1}}',
        PASSWORD: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Database' }, ':SecretString:password}}']] },
        FROM_PARAMETER: { Ref: 'Level' },
      },
    },
  },
});

const template = {
  Parameters: { Level: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/level' } },
  Resources: {
    Database: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: {
        Name: 'shop-database',
        GenerateSecretString: {
          SecretStringTemplate: '{"user":"shop"}',
          GenerateStringKey: 'password',
          PasswordLength: 20,
          ExcludePunctuation: true,
        },
      },
    },
    Empty: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'empty' } },
    Unnamed: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } },
    Mode: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/shop/mode', Type: 'String', Value: 'fast' } },
    Allowed: role(
      {
        Effect: 'Allow',
        Action: 'ssm:GetParameter',
        Resource: 'arn:aws:ssm:us-east-1:000000000000:parameter/shop/*',
      },
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Database' } },
    ),
    NotAllowed: role({
      Effect: 'Allow',
      Action: 'ssm:GetParameter',
      Resource: 'arn:aws:ssm:us-east-1:000000000000:parameter/other',
    }),
    Reader: reader('reader', 'Allowed'),
    Stranger: reader('stranger', 'NotAllowed'),
  },
  Outputs: { Unnamed: { Value: { Ref: 'Unnamed' } }, Mode: { Value: { 'Fn::GetAtt': ['Mode', 'Value'] } } },
};

const aws = useEndpoint({
  url: false,
  async deploy(endpoint) {
    const put = { Name: '/shop/level', Type: 'String' } as const;
    await endpoint.client(SSMClient).send(new PutParameterCommand({ ...put, Value: 'info' }));
    await endpoint.client(SSMClient).send(new PutParameterCommand({ ...put, Value: 'debug', Overwrite: true }));
    const body = JSON.stringify({ template, parameters: {} });
    const deployed = await fetch(`${endpoint.url}/_local/api/stacks/shop`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(deployed.status, 200, await deployed.clone().text());
  },
});

test('references to parameters and secrets are resolved when a resource is made', async () => {
  const { Environment } = await aws
    .client(LambdaClient)
    .send(new GetFunctionConfigurationCommand({ FunctionName: 'reader' }));
  const { SecretString = '' } = await aws
    .client(SecretsManagerClient)
    .send(new GetSecretValueCommand({ SecretId: 'shop-database' }));
  const { user, password } = JSON.parse(SecretString);
  assert.deepEqual(Environment?.Variables, {
    LEVEL: 'debug',
    FIRST: 'level info',
    PASSWORD: password,
    FROM_PARAMETER: 'debug',
  });
  assert.match(`${user} ${password}`, /^shop [A-Za-z0-9]{20}$/);
});

test('the stack shows the value of a parameter, and no secret', async () => {
  const client = aws.client(CloudFormationClient);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'shop' }));
  assert.deepEqual(Stacks?.[0]?.Parameters, [
    { ParameterKey: 'Level', ParameterValue: '/shop/level', ResolvedValue: 'debug' },
  ]);
  const outputs = new Map(Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  assert.equal(outputs.get('Mode'), 'fast');
  assert.match(outputs.get('Unnamed') ?? '', /^CFN-Unnamed-\w{12}$/);
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
  const shown = StackEvents.map(({ ResourceProperties }) => ResourceProperties ?? '').join('\n');
  assert.match(shown, /\{\{resolve:secretsmanager:arn:/);
  const { SecretString = '' } = await aws
    .client(SecretsManagerClient)
    .send(new GetSecretValueCommand({ SecretId: 'shop-database' }));
  assert.ok(!shown.includes(JSON.parse(SecretString).password));
});

test('a secret without SecretString and GenerateSecretString has no value', async () => {
  await assert.rejects(aws.client(SecretsManagerClient).send(new GetSecretValueCommand({ SecretId: 'empty' })), {
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  });
});

test('a function reads what its role permits, and the trace does not show the values of secrets', async () => {
  const invoke = (FunctionName: string) => aws.client(LambdaClient).send(new InvokeCommand({ FunctionName }));
  const answer = await invoke('reader');
  assert.deepEqual(JSON.parse(answer.Payload?.transformToString() ?? ''), { parameter: 'debug', secret: 'shop' });
  const stranger = await invoke('stranger');
  assert.deepEqual(JSON.parse(stranger.Payload?.transformToString() ?? ''), {
    parameter: 'AccessDeniedException',
    secret: 'AccessDeniedException',
  });
  const { spans } = await aws.trace(answer);
  const read = spans.find(({ operation }) => operation === 'GetSecretValue');
  assert.match(read?.output?.text ?? '', /"SecretString":"\[redacted\]"/);
});

for (const [what, Value, reason] of [
  ['a parameter that is missing', '{{resolve:ssm:/shop/none}}', /Unable to fetch parameters \[\/shop\/none\]/],
  [
    'a key that the secret does not have',
    '{{resolve:secretsmanager:shop-database:SecretString:nothing}}',
    /Could not find a value associated with JSONKey/,
  ],
  ['a service that has no values', '{{resolve:ssm-secure:/x}}', /Dynamic references \(\{\{resolve:ssm-secure/],
] as const) {
  test(`a reference to ${what} fails the deployment`, async () => {
    const failing = { Resources: { P: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value } } } };
    const response = await fetch(`${aws.url}/_local/api/stacks/failing`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ template: failing, parameters: {} }),
    });
    assert.equal(response.ok, false);
    assert.match(await response.text(), reason);
  });
}
