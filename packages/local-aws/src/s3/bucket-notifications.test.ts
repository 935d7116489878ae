import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { useEndpoint } from '../testing/use-endpoint.ts';

const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const key = (Name: string, Value: string) => ({ S3Key: { Rules: [{ Name, Value }] } });
const bucket = 'arn:aws:s3:::photos';
const lets = (Action: string, Resource: object) => ({
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action,
      Resource,
      Condition: { ArnLike: { 'aws:SourceArn': bucket } },
    },
  ],
});

const aws = useEndpoint({
  url: false,
  stacks: {
    photos: {
      template: {
        Resources: {
          Photos: {
            Type: 'AWS::S3::Bucket',
            DependsOn: ['Permission', 'QueuePolicy', 'TopicPolicy'],
            Properties: {
              BucketName: 'photos',
              NotificationConfiguration: {
                LambdaConfigurations: [
                  { Event: 's3:ObjectCreated:*', Function: arnOf('Resize'), Filter: key('suffix', '.jpg') },
                ],
                QueueConfigurations: [{ Event: 's3:ObjectRemoved:*', Queue: arnOf('Removed') }],
                TopicConfigurations: [
                  { Event: 's3:ObjectCreated:Copy', Topic: { Ref: 'Copies' }, Filter: key('prefix', 'copies/') },
                ],
              },
            },
          },
          Removed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'removed' } },
          Resized: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'resized' } },
          Copied: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'copied' } },
          Copies: { Type: 'AWS::SNS::Topic' },
          QueuePolicy: {
            Type: 'AWS::SQS::QueuePolicy',
            Properties: { Queues: [{ Ref: 'Removed' }], PolicyDocument: lets('sqs:SendMessage', arnOf('Removed')) },
          },
          TopicPolicy: {
            Type: 'AWS::SNS::TopicPolicy',
            Properties: { Topics: [{ Ref: 'Copies' }], PolicyDocument: lets('sns:Publish', { Ref: 'Copies' }) },
          },
          CopiedPolicy: {
            Type: 'AWS::SQS::QueuePolicy',
            Properties: {
              Queues: [{ Ref: 'Copied' }],
              PolicyDocument: {
                Statement: [
                  {
                    Effect: 'Allow',
                    Principal: { Service: 'sns.amazonaws.com' },
                    Action: 'sqs:SendMessage',
                    Resource: arnOf('Copied'),
                  },
                ],
              },
            },
          },
          CopiesToQueue: {
            Type: 'AWS::SNS::Subscription',
            Properties: {
              TopicArn: { Ref: 'Copies' },
              Protocol: 'sqs',
              Endpoint: arnOf('Copied'),
              RawMessageDelivery: true,
            },
          },
          Resize: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              FunctionName: 'resize',
              Runtime: 'nodejs24.x',
              Handler: 'index.handler',
              Role: arnOf('Role'),
              Timeout: 20,
              Code: {
                ZipFile: `const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3');
exports.handler = async ({ Records: [{ eventName, s3 }] }) => {
  const Key = decodeURIComponent(s3.object.key.replaceAll('+', ' '));
  const { Body } = await new S3Client({ forcePathStyle: true }).send(new GetObjectCommand({ Bucket: s3.bucket.name, Key }));
  const MessageBody = JSON.stringify({ eventName, encoded: s3.object.key, Key, text: await Body.transformToString(), size: s3.object.size });
  await new SQSClient().send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody }));
};`,
              },
              Environment: { Variables: { QUEUE_URL: { Ref: 'Resized' } } },
            },
          },
          Permission: {
            Type: 'AWS::Lambda::Permission',
            Properties: {
              FunctionName: arnOf('Resize'),
              Action: 'lambda:InvokeFunction',
              Principal: 's3.amazonaws.com',
              SourceArn: bucket,
            },
          },
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              AssumeRolePolicyDocument: {
                Statement: [
                  { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
                ],
              },
              Policies: [
                {
                  PolicyName: 'work',
                  PolicyDocument: {
                    Statement: [
                      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('Resized') },
                      { Effect: 'Allow', Action: 's3:GetObject', Resource: `${bucket}/*` },
                    ],
                  },
                },
              ],
            },
          },
        },
      },
    },
  },
});

let client: S3Client | undefined;
const s3 = (): S3Client => {
  client ??= new S3Client({ ...aws.clientConfig, forcePathStyle: true });
  return client;
};
after(() => client?.destroy());
const put = (Key: string, Body = 'x') => s3().send(new PutObjectCommand({ Bucket: 'photos', Key, Body }));
/** The messages of a queue, without the test events of S3. */
const messages = async (name: string) => {
  await aws.untilIdle();
  const QueueUrl = `${aws.url}/000000000000/${name}`;
  const { Messages = [] } = await aws
    .client(SQSClient)
    .send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body)).filter(({ Event }) => Event !== 's3:TestEvent');
};

test('S3 tries a queue with a test event when a bucket is made', async () => {
  const QueueUrl = `${aws.url}/000000000000/removed`;
  const { Messages = [] } = await aws.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl }));
  const { Event, Bucket } = JSON.parse(Messages[0]?.Body ?? '');
  assert.deepEqual([Event, Bucket], ['s3:TestEvent', 'photos']);
});

test('a function gets the objects whose keys fit its filter, with an encoded key', async () => {
  await aws.reset();
  await put('summer 2026/am Meer+ü.jpg', 'image');
  await put('notes.txt');
  assert.deepEqual(await messages('resized'), [
    {
      eventName: 'ObjectCreated:Put',
      encoded: 'summer+2026/am+Meer%2B%C3%BC.jpg',
      Key: 'summer 2026/am Meer+ü.jpg',
      text: 'image',
      size: 5,
    },
  ]);
});

test('a multipart upload and a copy have events of their own', async () => {
  await aws.reset();
  const of = { Bucket: 'photos', Key: 'large.jpg' };
  const { UploadId } = await s3().send(new CreateMultipartUploadCommand(of));
  const { ETag } = await s3().send(new UploadPartCommand({ ...of, UploadId, PartNumber: 1, Body: 'part' }));
  await s3().send(
    new CompleteMultipartUploadCommand({ ...of, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } }),
  );
  await s3().send(new CopyObjectCommand({ Bucket: 'photos', Key: 'copies/large', CopySource: 'photos/large.jpg' }));
  assert.deepEqual(
    (await messages('resized')).map(({ eventName }) => eventName),
    ['ObjectCreated:CompleteMultipartUpload'],
  );
  const [copied] = await messages('copied');
  assert.equal(copied.Records[0].eventName, 'ObjectCreated:Copy');
  assert.equal(copied.Records[0].s3.object.key, 'copies/large');
});

test('notifications of deletions are sent only for objects that existed', async () => {
  await aws.reset();
  for (const name of ['a', 'b', 'c & d']) await put(name);
  await s3().send(new DeleteObjectCommand({ Bucket: 'photos', Key: 'a' }));
  await s3().send(new DeleteObjectCommand({ Bucket: 'photos', Key: 'nothing' }));
  const Objects = ['b', 'c & d', 'nothing'].map((Key) => ({ Key }));
  await s3().send(new DeleteObjectsCommand({ Bucket: 'photos', Delete: { Objects } }));
  const removed = await messages('removed');
  assert.deepEqual(
    removed
      .map(
        ({
          Records: [
            {
              eventName,
              s3: { object },
            },
          ],
        }) => [eventName, object.key],
      )
      .sort(),
    [
      ['ObjectRemoved:Delete', 'a'],
      ['ObjectRemoved:Delete', 'b'],
      ['ObjectRemoved:Delete', 'c+%26+d'],
    ],
  );
});

test('the settings can be read and replaced by the API', async () => {
  const Bucket = 'photos';
  const read = async () => {
    const { $metadata: _, ...settings } = await s3().send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    return settings;
  };
  const before = await read();
  const [lambda] = before.LambdaFunctionConfigurations ?? [];
  assert.deepEqual(lambda?.Events, ['s3:ObjectCreated:*']);
  assert.deepEqual(lambda?.Filter?.Key?.FilterRules, [{ Name: 'Suffix', Value: '.jpg' }]);
  const [queue] = before.QueueConfigurations ?? [];
  await s3().send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [{ Id: 'mine', QueueArn: queue?.QueueArn, Events: ['s3:ObjectCreated:Put'] }],
      },
    }),
  );
  assert.deepEqual(await read(), {
    QueueConfigurations: [{ Id: 'mine', QueueArn: queue?.QueueArn, Events: ['s3:ObjectCreated:Put'] }],
  });
  await s3().send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: before }));
  assert.deepEqual(await read(), before);
});

test('the error about a destination names it, and the check can be skipped', async () => {
  const settings = (SkipDestinationValidation: boolean) =>
    new PutBucketNotificationConfigurationCommand({
      Bucket: 'photos',
      SkipDestinationValidation,
      NotificationConfiguration: {
        QueueConfigurations: [{ QueueArn: 'arn:aws:sqs:us-east-1:000000000000:none', Events: ['s3:ObjectCreated:*'] }],
      },
    });
  await assert.rejects(s3().send(settings(false)), {
    name: 'InvalidArgument',
    message: 'Unable to validate the following destination configurations',
    ArgumentName1: 'arn:aws:sqs:us-east-1:000000000000:none',
  });
  const before = await s3().send(new GetBucketNotificationConfigurationCommand({ Bucket: 'photos' }));
  await s3().send(settings(true));
  const { $metadata: _, ...NotificationConfiguration } = before;
  await s3().send(new PutBucketNotificationConfigurationCommand({ Bucket: 'photos', NotificationConfiguration }));
});

for (const [what, Event, reason] of [
  ['a destination that does not let S3 in', 's3:ObjectCreated:*', /Unable to validate the following destination conf/],
  ['an event that S3 does not have here', 's3:ObjectRestore:Post', /has no event s3:ObjectRestore:Post/],
] as const) {
  test(`${what} is refused`, async () => {
    const template = {
      Resources: {
        Bucket: {
          Type: 'AWS::S3::Bucket',
          Properties: { NotificationConfiguration: { QueueConfigurations: [{ Event, Queue: arnOf('Queue') }] } },
        },
        Queue: { Type: 'AWS::SQS::Queue' },
      },
    };
    const response = await fetch(`${aws.url}/_local/api/stacks/refused`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ template, parameters: {} }),
    });
    assert.equal(response.ok, false);
    assert.match(await response.text(), reason);
  });
}
