import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

export type Call = { readonly action: string; readonly target: string };
export type Outcome = { readonly name: string; readonly message: string };

const Key = { id: { S: '1' } };
const dynamoDb = new DynamoDBClient();
const streams = new DynamoDBStreamsClient();
const sqs = new SQSClient();
const sns = new SNSClient();
const lambda = new LambdaClient();
const logs = new CloudWatchLogsClient();
const events = new EventBridgeClient();
const scheduler = new SchedulerClient();

const calls: Readonly<Record<string, (target: string) => Promise<unknown>>> = {
  'dynamodb:GetItem': (TableName) => dynamoDb.send(new GetItemCommand({ TableName, Key })),
  'dynamodb:PutItem': (TableName) => dynamoDb.send(new PutItemCommand({ TableName, Item: Key })),
  'dynamodb:Query': (TableName) =>
    dynamoDb.send(
      new QueryCommand({
        TableName,
        IndexName: 'byOwner',
        KeyConditionExpression: '#o = :o',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':o': { S: 'x' } },
      }),
    ),
  'dynamodb:DescribeStream': (StreamArn) => streams.send(new DescribeStreamCommand({ StreamArn })),
  'sqs:SendMessage': (QueueUrl) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
  'sns:Publish': (TopicArn) => sns.send(new PublishCommand({ TopicArn, Message: 'x' })),
  'lambda:InvokeFunction': (FunctionName) => lambda.send(new InvokeCommand({ FunctionName })),
  'events:PutEvents': (EventBusName) =>
    events.send(
      new PutEventsCommand({ Entries: [{ EventBusName, Source: 'shop', DetailType: 'order', Detail: '{}' }] }),
    ),
  /** The role may create schedules, but not pass the role of a schedule. */
  'iam:PassRole': (RoleArn) =>
    scheduler.send(
      new CreateScheduleCommand({
        Name: 'later',
        ScheduleExpression: 'rate(1 day)',
        State: 'DISABLED',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: 'arn:aws:sqs:us-east-1:000000000000:jobs', RoleArn },
      }),
    ),
  'logs:PutLogEvents': (logGroupName) =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName: 'stream',
        logEvents: [{ timestamp: Date.now(), message: 'x' }],
      }),
    ),
};

/** A function that makes one call to AWS and tells how it went. */
export async function handler({ action, target }: Call): Promise<Outcome> {
  try {
    await calls[action]?.(target);
    return { name: 'allowed', message: '' };
  } catch (error) {
    return error instanceof Error ? { name: error.name, message: error.message } : { name: 'thrown', message: '' };
  }
}
