import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, ListExportsCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Endpoint } from '../endpoint.ts';
import { account } from './regions.fixture.ts';

type Config = Endpoint['clientConfig'];

/** A client of every service, in one region. */
export function clientsIn(region: string, { clientConfig }: { readonly clientConfig: Config }) {
  const config = { ...clientConfig, region, maxAttempts: 1 };
  return {
    apiGateway: new APIGatewayClient(config),
    cloudFormation: new CloudFormationClient(config),
    cloudWatch: new CloudWatchClient(config),
    dynamoDb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    ssm: new SSMClient(config),
    streams: new DynamoDBStreamsClient(config),
  };
}
export type Clients = ReturnType<typeof clientsIn>;

/** What each service lists in a region, as ARNs where it names them. */
export async function listed({
  apiGateway,
  cloudFormation,
  cloudWatch,
  dynamoDb,
  lambda,
  logs,
  sns,
  sqs,
  ssm,
  streams,
}: Clients) {
  const queueUrls = (await sqs.send(new ListQueuesCommand())).QueueUrls ?? [];
  const queueArns = queueUrls.map(async (QueueUrl) => {
    const input = { QueueUrl, AttributeNames: ['QueueArn' as const] };
    return (await sqs.send(new GetQueueAttributesCommand(input))).Attributes?.QueueArn;
  });
  return {
    stacks: (await cloudFormation.send(new ListStacksCommand())).StackSummaries?.map(({ StackName }) => StackName),
    exports: (await cloudFormation.send(new ListExportsCommand())).Exports?.map(({ Name }) => Name),
    apis: (await apiGateway.send(new GetRestApisCommand())).items?.map(({ name }) => name),
    functions: (await lambda.send(new ListFunctionsCommand())).Functions?.map(({ FunctionArn }) => FunctionArn),
    mappings: (await lambda.send(new ListEventSourceMappingsCommand())).EventSourceMappings?.map(
      ({ EventSourceArn = '' }) => EventSourceArn.replace(/[^/]+$/, ''),
    ),
    tables: (await dynamoDb.send(new ListTablesCommand())).TableNames,
    streams: (await streams.send(new ListStreamsCommand())).Streams?.map(({ StreamArn = '' }) =>
      StreamArn.replace(/[^/]+$/, ''),
    ),
    queues: await Promise.all(queueArns),
    parameters: (await ssm.send(new GetParametersCommand({ Names: ['/shop/region'] }))).Parameters?.map(
      ({ Value }) => Value,
    ),
    topics: (await sns.send(new ListTopicsCommand())).Topics?.map(({ TopicArn }) => TopicArn),
    logGroups: (await logs.send(new DescribeLogGroupsCommand())).logGroups?.map(({ arn }) => arn),
    alarms: (await cloudWatch.send(new DescribeAlarmsCommand())).MetricAlarms?.map(({ AlarmArn }) => AlarmArn),
  };
}

/** What they list where the stack is. */
export function shopIn(region: string): Awaited<ReturnType<typeof listed>> {
  return {
    stacks: ['shop'],
    exports: ['api'],
    apis: ['things'],
    functions: [`arn:aws:lambda:${region}:${account}:function:show`],
    mappings: [`arn:aws:dynamodb:${region}:${account}:table/things/stream/`],
    tables: ['things'],
    streams: [`arn:aws:dynamodb:${region}:${account}:table/things/stream/`],
    queues: [`arn:aws:sqs:${region}:${account}:changes`],
    parameters: [region],
    topics: [`arn:aws:sns:${region}:${account}:news`],
    logGroups: [`arn:aws:logs:${region}:${account}:log-group:/aws/lambda/show:*`],
    alarms: [`arn:aws:cloudwatch:${region}:${account}:alarm:busy`],
  };
}

/** The items of the stack's table. */
export async function idsIn({ dynamoDb }: Clients): Promise<readonly (string | undefined)[]> {
  const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName: 'things' }));
  return Items.map(({ id, region }) => `${id?.S} ${region?.S}`);
}
