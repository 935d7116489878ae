import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { JsonObject } from '../core/json.ts';
import { ProviderRig } from '../custom-resources/custom-resources.fixture.ts';
import { until } from '../testing/until.ts';

const logs = {
  PolicyName: 'logs',
  PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] },
};
const description = 'AWS CloudFormation handler for "Custom::S3BucketNotifications" resources (@aws-cdk/aws-s3)';

const queues = { skipped: 'arn:aws:sqs:us-east-1:000000000000:others', own: 'arn:aws:sqs:us-east-1:000000000000:own' };
const notification = (Queue: string, prefix: string): JsonObject => ({
  QueueArn: Queue,
  Events: ['s3:ObjectCreated:*'],
  Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: prefix }] } },
});

/** What the CDK synthesizes, with the handler's own description and language. */
function stack(properties: JsonObject, { Description = description } = {}): object {
  return {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
          Policies: [logs],
        },
      },
      Handler: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Description,
          Runtime: 'python3.13',
          Handler: 'index.handler',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Code: { ZipFile: 'import boto3\ns3.put_bucket_notification_configuration(Bucket=bucket)' },
        },
      },
      Notifications: {
        Type: 'Custom::S3BucketNotifications',
        Properties: {
          ServiceToken: { 'Fn::GetAtt': ['Handler', 'Arn'] },
          SkipDestinationValidation: true,
          ...properties,
        },
      },
    },
  };
}

describe("the CDK's custom resource of bucket notifications", () => {
  let rig: ProviderRig;
  let s3: S3Client;
  before(async () => {
    rig = await ProviderRig.start();
    s3 = new S3Client({ ...rig.endpoint.clientConfig, forcePathStyle: true });
  });
  after(async () => {
    s3.destroy();
    await rig[Symbol.asyncDispose]();
  });

  /** A bucket with a notification that another stack has made. */
  async function sharedBucket(Bucket: string): Promise<void> {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          QueueConfigurations: [{ Id: 'others', QueueArn: queues.skipped, Events: ['s3:ObjectRemoved:*'] }],
        },
        SkipDestinationValidation: true,
      }),
    );
  }

  /** Whom a bucket notifies of which keys, as `others *`, and whether EventBridge is among them. */
  async function notified(Bucket: string): Promise<string[]> {
    const { QueueConfigurations = [], EventBridgeConfiguration } = await s3.send(
      new GetBucketNotificationConfigurationCommand({ Bucket }),
    );
    const ofQueues = QueueConfigurations.map(({ QueueArn, Filter }) => {
      const [rule] = Filter?.Key?.FilterRules ?? [];
      return `${QueueArn?.split(':').at(-1)} ${rule?.Value ?? ''}*`;
    });
    return [...ofQueues, ...(EventBridgeConfiguration === undefined ? [] : ['EventBridge'])];
  }

  async function removed(name: string): Promise<void> {
    await rig.delete(name);
    await until('the deletion', () =>
      rig.status(name).then(
        () => false,
        () => true,
      ),
    );
  }

  const wanted = (BucketName: string, prefix: string, Managed: boolean): object =>
    stack({
      BucketName,
      Managed,
      NotificationConfiguration: {
        QueueConfigurations: [notification(queues.own, prefix)],
        ...(Managed && { EventBridgeConfiguration: {} }),
      },
    });

  it('replaces the notifications of a bucket of the stack, and removes them with it', async () => {
    await sharedBucket('managed');
    await rig.create('managed', wanted('managed', 'a/', true));
    await rig.end('managed', 'CREATE_COMPLETE');
    assert.deepEqual(await notified('managed'), ['own a/*', 'EventBridge']);
    await removed('managed');
    assert.deepEqual(await notified('managed'), []);
  });

  it('keeps what others have set on a bucket that the stack did not make', async () => {
    await sharedBucket('imported');
    await rig.create('imported', wanted('imported', 'a/', false));
    await rig.end('imported', 'CREATE_COMPLETE');
    assert.deepEqual(await notified('imported'), ['others *', 'own a/*']);
    await rig.update('imported', wanted('imported', 'b/', false));
    await rig.end('imported', 'UPDATE_COMPLETE');
    assert.deepEqual(await notified('imported'), ['others *', 'own b/*']);
    await removed('imported');
    assert.deepEqual(await notified('imported'), ['others *']);
  });

  it('fails with the error of S3', async () => {
    await rig.create('missing', wanted('missing', '', true));
    await rig.end('missing', 'ROLLBACK_FAILED');
    assert.match((await rig.failures('missing')).join('\n'), /Message returned: Error: The specified bucket does not/);
  });

  it('shows the Node runtime that runs the handler', async () => {
    await sharedBucket('shown');
    await rig.create('shown', wanted('shown', '', true));
    await rig.end('shown', 'CREATE_COMPLETE');
    const lambda = new LambdaClient(rig.endpoint.clientConfig);
    const FunctionName = rig.endpoint.functions('shown')[0]?.functionArn;
    const { Runtime } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    lambda.destroy();
    assert.equal(Runtime, 'nodejs24.x');
    await removed('shown');
  });

  it('is not taken for a function in Python of the user', async () => {
    await rig.create('own', stack({ BucketName: 'own' }, { Description: 'My handler' }));
    await rig.end('own', 'ROLLBACK_COMPLETE');
    assert.match((await rig.failures('own')).join('\n'), /python3\.13/);
  });
});
