import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, CreateStackCommand, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { startEndpoint } from '../endpoint.ts';
import type { Call, Outcome } from './calling-function.fixture.ts';

export type Statement = { Effect?: 'Allow' | 'Deny'; Action: JsonValue; Resource: JsonValue; Condition?: JsonObject };

/** A whole endpoint into which tests deploy roles with the functions that have them. */
export async function startDeployed({ iam = true } = {}) {
  const notes: string[] = [];
  const endpoint = await startEndpoint({
    port: 0,
    persist: undefined,
    iam,
    onError: (error) => assert.fail(String(error)),
    onNote: (note) => notes.push(note),
  });
  const config = {
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const cloudFormation = new CloudFormationClient(config);
  const lambda = new LambdaClient(config);
  await uploadCode(config);

  /** @throws Error with the reason of the first resource that could not be made */
  async function deploy(name: string, resources: JsonObject): Promise<void> {
    const template = { Resources: resources };
    await cloudFormation.send(
      new CreateStackCommand({
        StackName: name,
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    for (;;) {
      const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: name }));
      const failed = StackEvents.findLast(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
      if (failed !== undefined) throw new Error(failed.ResourceStatusReason);
      const [last] = StackEvents;
      if (last?.LogicalResourceId === name && last.ResourceStatus === 'CREATE_COMPLETE') return;
      await pause(10);
    }
  }

  /** A function called `name`, whose role `name-role` has just these statements. */
  async function deployCaller(name: string, statements: readonly Statement[], more: JsonObject = {}): Promise<void> {
    await deploy(name, {
      Role: roleWith(`${name}-role`, statements, 'lambda.amazonaws.com'),
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: name,
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Timeout: 10,
          MemorySize: 256,
          Code: { S3Bucket: 'code', S3Key: 'calling-function.zip' },
        },
      },
      ...more,
    });
  }

  return {
    config,
    notes,
    url: endpoint.url,
    close: () => endpoint.close(),
    deploy,
    deployCaller,
    /** What came of a call that the function made. */
    async call(name: string, call: Call): Promise<Outcome> {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(call) }));
      return JSON.parse(Buffer.from(Payload ?? []).toString());
    },
  };
}

/** @param trustCondition under which the service may take the role */
export function roleWith(
  name: string,
  statements: readonly Statement[],
  service: string,
  trustCondition: JsonObject = {},
): JsonObject {
  const document = statements.map(({ Effect = 'Allow', ...rest }): JsonObject => ({ Effect, ...rest }));
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', Condition: trustCondition },
        ],
      },
      Policies:
        document.length === 0
          ? []
          : [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: document } }],
    },
  };
}

async function uploadCode(config: ConstructorParameters<typeof S3Client>[0]): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./calling-function.fixture.ts', import.meta.url))],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
    logLevel: 'error',
  });
  const [bundle] = outputFiles;
  assert.ok(bundle);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'code' }));
  const Body = zipSync({ 'index.js': bundle.contents }, { level: 1 });
  await s3.send(new PutObjectCommand({ Bucket: 'code', Key: 'calling-function.zip', Body }));
  s3.destroy();
}
