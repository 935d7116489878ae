import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { ShiftableClock, until } from 'local-aws/testing';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

const bucket = { Bucket: 'custom-existing' };

describe('custom resources of the Serverless Framework', () => {
  const clock = new ShiftableClock();
  let endpoint: Endpoint;
  let project: FixtureProject;
  let logs: CloudWatchLogsClient;
  let events: EventBridgeClient;
  let s3: S3Client;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      clock,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyFixture('custom-resources');
    logs = new CloudWatchLogsClient(awsConfig(endpoint.url));
    events = new EventBridgeClient(awsConfig(endpoint.url));
    s3 = new S3Client({ ...awsConfig(endpoint.url), forcePathStyle: true });
    await s3.send(new CreateBucketCommand(bucket));
    const { exitCode, output } = await sls('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    for (const client of [logs, events, s3]) client.destroy();
    project[Symbol.dispose]();
    await endpoint.close();
  });

  function sls(...args: string[]): Promise<Finished> {
    return runCommand('sls', [...args, '--stage', 'local'], {
      cwd: project.folder,
      env: localEnvironment(root, endpoint.port, process.env),
    });
  }

  /** The events that a function got, oldest first, once there are as many. */
  async function eventsOf(name: string, count: number): Promise<unknown[]> {
    return until(`${count} events of ${name}`, async () => {
      const logGroupName = `/aws/lambda/custom-local-${name}`;
      const { events: lines = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
      const found = lines.flatMap(({ message = '' }) => {
        const [, json] = /\bevent (.*)\n?$/.exec(message) ?? [];
        return json === undefined ? [] : [JSON.parse(json)];
      });
      return found.length >= count && found;
    });
  }

  const objectEvent = (eventName: string, key: string) => ({ Records: [{ eventName, s3: { object: { key } } }] });

  it('connect functions with a bucket that exists', async () => {
    for (const Key of ['incoming/a.csv', 'other/b.csv', 'other/c.png']) {
      await s3.send(new PutObjectCommand({ ...bucket, Key, Body: 'a' }));
    }
    await s3.send(new DeleteObjectCommand({ ...bucket, Key: 'other/b.csv' }));
    expect(await eventsOf('uploads', 2)).toMatchObject([
      objectEvent('ObjectCreated:Put', 'incoming/a.csv'),
      objectEvent('ObjectRemoved:Delete', 'other/b.csv'),
    ]);
    expect(await eventsOf('images', 1)).toMatchObject([objectEvent('ObjectCreated:Put', 'other/c.png')]);
  });

  it('make event buses and rules', async () => {
    const entry = (id: number, kind: string) => ({
      ...{ EventBusName: 'custom-orders', Source: 'shop', DetailType: 'order placed' },
      Detail: JSON.stringify({ id, kind }),
    });
    await events.send(new PutEventsCommand({ Entries: [entry(1, 'sale'), entry(2, 'gift')] }));
    expect(await eventsOf('orders', 1)).toEqual([{ order: 2 }]);
    await clock.advance(8 * 3600_000);
    expect((await eventsOf('nightly', 1))[0]).toEqual({ every: 'eighth hour' });
  });

  it('give API Gateway the role for its logs', async () => {
    const client = new APIGatewayClient(awsConfig(endpoint.url));
    const { cloudwatchRoleArn } = await client.send(new GetAccountCommand());
    client.destroy();
    expect(cloudwatchRoleArn).toBe('arn:aws:iam::000000000000:role/serverlessApiGatewayCloudWatchRole');
  });

  it('are updated with the service', async () => {
    project.edit('serverless.yml', 'prefix: incoming/', 'prefix: inbox/');
    const { exitCode, output } = await sls('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    await s3.send(new PutObjectCommand({ ...bucket, Key: 'incoming/d.csv', Body: 'a' }));
    await s3.send(new PutObjectCommand({ ...bucket, Key: 'inbox/e.csv', Body: 'a' }));
    expect((await eventsOf('uploads', 3))[2]).toMatchObject(objectEvent('ObjectCreated:Put', 'inbox/e.csv'));
  });

  it('are refused by name when they attach functions to a user pool, which has no triggers here', async () => {
    const cognitoUserPool = { pool: 'players', trigger: 'PreSignUp', existing: true };
    const takeBack = project.extend({ functions: { hello: { events: [{ cognitoUserPool }] } } });
    const { exitCode, output } = await sls('deploy');
    takeBack();
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/Custom::CognitoUserPool.*UserPoolConfigs/s);
  });

  it('go with the service, and leave the bucket', async () => {
    const { exitCode, output } = await sls('remove');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const { LambdaFunctionConfigurations = [] } = await s3.send(new GetBucketNotificationConfigurationCommand(bucket));
    expect(LambdaFunctionConfigurations).toEqual([]);
    const { EventBuses = [] } = await events.send(new ListEventBusesCommand({}));
    expect(EventBuses.map(({ Name }) => Name)).toEqual(['default']);
    expect((await events.send(new ListRulesCommand({}))).Rules).toEqual([]);
  });
});
