import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsApi } from '../core/aws-api.ts';
import { ManualClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { noStateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { AccessCheck } from './access-check.ts';
import { IamStore } from './iam-store.ts';

const answer: AwsApi = async () => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: '{}',
});

test('each service refuses a role in its own words', async (t) => {
  const clock = new ManualClock();
  const store = new IamStore(clock, noStateStore);
  const { arn } = store.addRole({
    name: 'reader',
    path: '/',
    maxSessionDuration: 3600,
    trustPolicy: {},
    inlinePolicies: {
      p: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'dynamodb:*', Resource: 'arn:aws:dynamodb:*:*:table/tasks' },
          { Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: '*' },
        ],
      },
    },
    attachedPolicies: [],
    tags: {},
  });
  const check = new AccessCheck({ store, clock });
  const credentials = new CredentialStore();
  const api = check.guard(answer);
  const edge = await startEdge({
    port: 0,
    apis: { dynamodb: api, sqs: api, sns: api, lambda: api },
    frontends: [],
    pages: {},
    credentials,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => edge.close());
  const options = {
    endpoint: `http://127.0.0.1:${edge.port}`,
    region: 'us-east-1',
    credentials: credentials.issue(arn, 'session'),
    maxAttempts: 1,
  };
  const user = 'arn:aws:sts::000000000000:assumed-role/reader/session';

  const dynamodb = new DynamoDBClient(options);
  await dynamodb.send(new GetItemCommand({ TableName: 'tasks', Key: { id: { S: '1' } } }));
  await assert.rejects(dynamodb.send(new GetItemCommand({ TableName: 'users', Key: { id: { S: '1' } } })), {
    name: 'AccessDeniedException',
    message: `User: ${user} is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/users because no identity-based policy allows the dynamodb:GetItem action`,
  });
  await assert.rejects(dynamodb.send(new PutItemCommand({ TableName: 'tasks', Item: { id: { S: '1' } } })), {
    message: /with an explicit deny in an identity-based policy$/,
  });

  const sqs = new SQSClient(options);
  const QueueUrl = `${options.endpoint}/000000000000/jobs`;
  await assert.rejects(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })), {
    message: /is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:jobs/,
  });
  const sns = new SNSClient(options);
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:news';
  await assert.rejects(sns.send(new PublishCommand({ TopicArn, Message: 'x' })), {
    name: 'AuthorizationErrorException',
    message: /SNS:Publish on resource: arn:aws:sns:us-east-1:000000000000:news/,
  });
  const lambda = new LambdaClient(options);
  await assert.rejects(lambda.send(new InvokeCommand({ FunctionName: 'f' })), {
    name: 'AccessDeniedException',
    message: /lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:f because/,
  });
  await new DynamoDBClient({ ...options, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }).send(
    new GetItemCommand({ TableName: 'users', Key: { id: { S: '1' } } }),
  );
});
