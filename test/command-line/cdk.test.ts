import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { HeadBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { until } from 'local-aws/testing';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { installCdk } from '#test/support/install-cdk.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { outputNamed, stackOutputs } from '#test/support/stack-outputs.ts';

const environment = 'aws://000000000000/us-east-1';

describe('the AWS CDK', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  let outputs: ReadonlyMap<string, string>;
  let cloudFormation: CloudFormationClient;
  let s3: S3Client;
  let ssm: SSMClient;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    cloudFormation = new CloudFormationClient(awsConfig(endpoint.url));
    s3 = new S3Client({ ...awsConfig(endpoint.url), forcePathStyle: true });
    ssm = new SSMClient(awsConfig(endpoint.url));
    project = copyFixture('cdk');
    symlinkSync(await installCdk(), join(project.folder, 'node_modules'), 'junction');
    mkdirSync(join(project.folder, 'home'));
    await cdk('bootstrap', environment, '--app', '');
    await cdk('deploy', '--require-approval', 'never');
    outputs = await stackOutputs('shop', endpoint.url);
  });
  afterAll(async () => {
    for (const client of [cloudFormation, s3, ssm]) client.destroy();
    project[Symbol.dispose]();
    await endpoint.close();
  });

  /** Runs the CLI with what its documentation in packages/local-aws/README.md says, and nothing else. */
  function run(...args: string[]): Promise<Finished> {
    return runCommand(process.execPath, [join(project.folder, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...args], {
      cwd: project.folder,
      env: {
        PATH: process.env.PATH,
        HOME: join(project.folder, 'home'),
        USERPROFILE: join(project.folder, 'home'),
        AWS_ENDPOINT_URL: `http://127.0.0.1:${endpoint.port}`,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CDK_DISABLE_VERSION_CHECK: 'true',
        NODE_OPTIONS: `--import ${join(root, 'test', 'support', 'record-connections.js')}`,
        CONNECTION_LOG: join(project.folder, 'connections.log'),
      },
    });
  }

  /** Runs a command that is to succeed, and gives what it printed. */
  async function cdk(command: string, ...args: string[]): Promise<string> {
    const { exitCode, output } = await run(command, ...args, '--no-notices');
    expect({ command, exitCode, output }).toMatchObject({ exitCode: 0 });
    return output;
  }

  const url = (path: string): string => `${outputNamed(outputs, 'RestUrl')}${path}`;
  const priceRelease = async () => (await fetch(`${outputNamed(outputs, 'HttpUrl')}/prices`)).headers.get('release');
  const stack = async () => (await cloudFormation.send(new DescribeStacksCommand({ StackName: 'shop' }))).Stacks?.[0];

  it('bootstraps the environment with all that its template has', async () => {
    const { StackResources = [] } = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: 'CDKToolkit' }),
    );
    expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId).sort()).toEqual([
      'CdkBootstrapVersion',
      'CloudFormationExecutionRole',
      'ContainerAssetsRepository',
      'DeploymentActionRole',
      'FilePublishingRole',
      'FilePublishingRoleDefaultPolicy',
      'ImagePublishingRole',
      'ImagePublishingRoleDefaultPolicy',
      'LookupRole',
      'StagingBucket',
      'StagingBucketPolicy',
    ]);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version' }));
    expect(Number(Parameter?.Value)).toBeGreaterThanOrEqual(30);
  });

  it('deploys a stack with its tags, as the roles of the bootstrap', async () => {
    expect(await stack()).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      Description: 'Takes orders',
      RoleARN: 'arn:aws:iam::000000000000:role/cdk-hnb659fds-cfn-exec-role-000000000000-us-east-1',
      Tags: [{ Key: 'team', Value: 'shop' }],
    });
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: 'cdk-hnb659fds-assets-000000000000-us-east-1' }),
    );
    // The template, the code of the functions, that of the CDK's own function, and the prices.
    expect(Contents).toHaveLength(4);
  });

  it('deploys an API whose orders reach the table over topic, queue and function', async () => {
    const body = JSON.stringify({ id: '1', customer: 'Ada' });
    expect((await fetch(url('orders'), { method: 'POST', body })).status).toBe(202);
    await until('the order', async () => (await fetch(url('orders/1'))).status === 200);
    expect(await (await fetch(url('orders/1'))).text()).toBe('Ada');
  });

  it('publishes an asset that a function reads', async () => {
    const answer = await fetch(`${outputNamed(outputs, 'HttpUrl')}/prices`);
    expect(await answer.json()).toEqual({ apple: 3 });
  });

  it('notifies a function of objects in a bucket', async () => {
    const [Bucket, Body] = [outputNamed(outputs, 'UploadsBucket'), JSON.stringify({ id: '2', customer: 'Grace' })];
    await s3.send(new PutObjectCommand({ Bucket, Key: 'order.json', Body }));
    await until('the order', async () => (await fetch(url('orders/2'))).status === 200);
    expect(await (await fetch(url('orders/2'))).text()).toBe('Grace');
  });

  it('sees no difference between the app and its stack', async () => {
    expect(await cdk('diff', '--app', 'cdk.out')).toMatch(/There were no differences/);
  });

  it('swaps the code of functions without a change of the stack, then deploys the rest', async () => {
    const before = await stack();
    project.edit('functions/api.mjs', "'first'", "'second'");
    expect(await cdk('deploy', '--hotswap')).toMatch(/hotswapped!/);
    expect(await priceRelease()).toBe('second');
    expect((await stack())?.LastUpdatedTime).toEqual(before?.LastUpdatedTime);

    project.edit('app.mjs', 'Duration.seconds(30)', 'Duration.seconds(45)');
    const difference = await cdk('diff');
    expect(difference).toMatch(/\[~\] AWS::SQS::Queue Queue/);
    expect(difference).toMatch(/VisibilityTimeout\s+├─ \[-\] 30\s+└─ \[\+\] 45/);
    await cdk('deploy', '--require-approval', 'never');
    expect((await stack())?.StackStatus).toBe('UPDATE_COMPLETE');
    expect(await priceRelease()).toBe('second');
  });

  it('destroys the stack with the bucket whose objects it deletes, and leaves the bucket that is retained', async () => {
    await cdk('destroy', '--force', '--app', 'cdk.out');
    await expect(stack()).rejects.toThrow('Stack with id shop does not exist');
    await s3.send(new HeadBucketCommand({ Bucket: outputNamed(outputs, 'InvoicesBucket') }));
    const uploads = s3.send(new HeadBucketCommand({ Bucket: outputNamed(outputs, 'UploadsBucket') }));
    await expect(uploads).rejects.toThrow(expect.objectContaining({ name: 'NotFound' }));
  });

  it('has called nothing but the endpoint, with test credentials and those of its roles', () => {
    const log = join(project.folder, 'connections.log');
    const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
    expect(lines.filter((line) => line.startsWith('connect'))).toEqual([]);
    const keys = new Set(lines.map((line) => line.replace(/^signed (?:test|(ASIA).*)$/, (_, role) => role ?? 'test')));
    expect(keys).toEqual(new Set(['test', 'ASIA']));
  });
});
