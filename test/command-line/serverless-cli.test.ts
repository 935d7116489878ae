import { CloudFormationClient, DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import * as z from 'zod';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { serviceClient } from '#test/support/service-client.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

describe('the Serverless CLI', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      port: 0,
      persist: undefined,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyFixture('lifecycle');
  });
  afterAll(async () => {
    project[Symbol.dispose]();
    await endpoint.close();
  });

  function sls(...args: string[]): Promise<Finished> {
    return runCommand('sls', [...args, '--stage', 'local'], {
      cwd: project.folder,
      env: localEnvironment(root, endpoint.port, process.env),
    });
  }

  /** Runs a command that is to succeed, and gives what it printed. */
  async function run(...args: string[]): Promise<string> {
    const { exitCode, output } = await sls(...args);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    return output;
  }

  async function getGreeting(): Promise<string> {
    const client = await serviceClient('lifecycle', endpoint.url);
    return z.object({ greeting: z.string() }).parse(JSON.parse((await client.send({ path: '/greet' })).body)).greeting;
  }

  async function stackStatus(): Promise<string | undefined> {
    using cloudFormation = disposable(new CloudFormationClient(awsConfig(endpoint.url)));
    const { Stacks } = await cloudFormation.client.send(new DescribeStacksCommand({ StackName: 'lifecycle-local' }));
    return Stacks?.[0]?.StackStatus;
  }

  it('deploys a service', async () => {
    expect(await run('deploy')).toMatch(/Service deployed to stack lifecycle-local/);
    expect(await getGreeting()).toBe('hello');
  });

  it('sees that nothing has changed', async () => {
    expect(await run('deploy')).toMatch(/No changes to deploy/);
  });

  it('invokes a function, with its log when asked to', async () => {
    const output = await run('invoke', '--function', 'greet', '--data', '{"name":"Ada \\"A.\\" Lovelace"}', '--log');
    expect(output).toMatch(/"statusCode": 200/);
    expect(output).toMatch(/greeting Ada "A." Lovelace/);
    expect(output).toMatch(/END Duration: [\d.]+ ms/);
  });

  it('invokes a function on this side of the wire, with the environment that it has there', async () => {
    const output = await run('invoke', 'local', '--function', 'greet', '--data', '{"name":"Grace"}');
    expect(output).toMatch(/greeting Grace/);
    expect(output).toMatch(/lifecycle-local-GreetingsTable-/);
  });

  it('tells what is deployed', async () => {
    const output = await run('info', '--verbose');
    expect(output).toMatch(/greet: lifecycle-local-greet/);
    expect(output).toMatch(/endpoint: http:\/\/localhost:\d+\/_aws\/execute-api\/\w+\/local/);
    expect(output).toMatch(/GreetingsTableName: lifecycle-local-GreetingsTable-/);
  });

  it('shows the log of a function', async () => {
    const output = await run('logs', '--function', 'greet');
    expect(output).toMatch(/greeting everybody[\s\S]*greeting Ada "A." Lovelace/);
  });

  it('puts new code under one function', async () => {
    project.edit('src/greet.ts', "'hello'", "'good morning'");
    expect(await run('deploy', 'function', '--function', 'greet')).toMatch(/Function code deployed/);
    expect(await getGreeting()).toBe('good morning');
    expect(await run('deploy', 'function', '--function', 'greet')).toMatch(/Code did not change/);
  });

  it('adds a function in an update', async () => {
    project.extend({
      functions: { salute: { handler: 'src/greet.handler', events: [{ http: 'POST /greet' }] } },
    });
    expect(await run('deploy')).toMatch(/salute: lifecycle-local-salute/);
    const client = await serviceClient('lifecycle', endpoint.url);
    expect((await client.send({ method: 'POST', path: '/greet' })).statusCode).toBe(200);
    expect(await getGreeting()).toBe('good morning');
  });

  it('rolls a failing update back, and the version before goes on', async () => {
    using sqs = disposable(new SQSClient(awsConfig(endpoint.url)));
    // Somebody else has a queue of this name already, with other properties.
    const { QueueUrl } = await sqs.client.send(
      new CreateQueueCommand({ QueueName: 'taken', Attributes: { DelaySeconds: '7' } }),
    );
    project.edit('src/greet.ts', "'good morning'", "'good night'");
    const takeBack = project.extend({
      resources: {
        Resources: {
          TakenQueue: {
            Type: 'AWS::SQS::Queue',
            DependsOn: ['GreetLambdaFunction'],
            Properties: { QueueName: 'taken', DelaySeconds: 1 },
          },
        },
      },
    });
    const { exitCode, output } = await sls('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toMatch(/TakenQueue/);
    expect(await stackStatus()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await getGreeting()).toBe('good morning');
    takeBack();
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl }));
  });

  it('updates after a failed update', async () => {
    await run('deploy');
    expect(await stackStatus()).toBe('UPDATE_COMPLETE');
    expect(await getGreeting()).toBe('good night');
  });

  it('refuses resource types and properties that the endpoint cannot honour, by name', async () => {
    for (const [resource, named] of [
      [{ Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1 } }, 'AWS::Kinesis::Stream'],
      [{ Type: 'AWS::SQS::Queue', Properties: { Colour: 'red' } }, 'Colour'],
    ] as const) {
      const takeBack = project.extend({ resources: { Resources: { Unsupported: resource } } });
      const { exitCode, output } = await sls('deploy');
      expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
      expect(output).toMatch(new RegExp(named));
      expect(await getGreeting()).toBe('good night');
      takeBack();
    }
  });

  it('goes back to an earlier deployment', async () => {
    const timestamps = [...(await run('deploy', 'list')).matchAll(/Timestamp: (\d+)/g)].map(
      ([, timestamp]) => timestamp,
    );
    await run('rollback', '--timestamp', timestamps[0] ?? '');
    expect(await getGreeting()).toBe('hello');
  });

  it('removes everything', async () => {
    expect(await run('remove')).toMatch(/Service lifecycle has been successfully removed/);
    expect(await leftovers(endpoint.url)).toStrictEqual([]);
  });
});

/** The names of all that is there. */
async function leftovers(url: string): Promise<readonly (string | undefined)[]> {
  using cloudFormation = disposable(new CloudFormationClient(awsConfig(url)));
  using lambda = disposable(new LambdaClient(awsConfig(url)));
  using s3 = disposable(new S3Client({ ...awsConfig(url), forcePathStyle: true }));
  using logs = disposable(new CloudWatchLogsClient(awsConfig(url)));
  using dynamoDb = disposable(new DynamoDBClient(awsConfig(url)));
  using sqs = disposable(new SQSClient(awsConfig(url)));
  const { StackSummaries = [] } = await cloudFormation.client.send(new ListStacksCommand({}));
  const { Functions = [] } = await lambda.client.send(new ListFunctionsCommand({}));
  const { Buckets = [] } = await s3.client.send(new ListBucketsCommand({}));
  const { logGroups = [] } = await logs.client.send(new DescribeLogGroupsCommand({}));
  const { TableNames = [] } = await dynamoDb.client.send(new ListTablesCommand({}));
  const { QueueUrls = [] } = await sqs.client.send(new ListQueuesCommand({}));
  const apis = z.array(z.unknown()).parse(await (await fetch(`${url}/_local/apis`)).json());
  return [
    ...StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(({ StackName }) => StackName),
    ...Functions.map(({ FunctionName }) => FunctionName),
    ...Buckets.map(({ Name }) => Name),
    ...logGroups.map(({ logGroupName }) => logGroupName),
    ...TableNames,
    ...QueueUrls,
    ...apis.map((api) => JSON.stringify(api)),
  ];
}

function disposable<T extends { destroy(): void }>(client: T): Disposable & { readonly client: T } {
  return { client, [Symbol.dispose]: () => client.destroy() };
}
