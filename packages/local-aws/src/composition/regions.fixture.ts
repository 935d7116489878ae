import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import type { Endpoint } from '../endpoint.ts';

export const east = 'us-east-1';
export const frankfurt = 'eu-central-1';
export const account = '000000000000';

const attribute = (name: string, path: string) => ({ 'Fn::GetAtt': [name, path] });
const join = (...parts: readonly (string | object)[]) => ({ 'Fn::Join': ['', parts] });
const region = { Ref: 'AWS::Region' };

/** Answers with its region, and writes to the table and queue of its own region with clients that name none. */
const code = `
const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
exports.handler = async ({ pathParameters, Records = [] }) => {
  const { AWS_REGION, TABLE, QUEUE } = process.env;
  if (pathParameters) {
    const Item = { id: { S: pathParameters.id }, region: { S: AWS_REGION } };
    await new DynamoDBClient().send(new PutItemCommand({ TableName: TABLE, Item }));
    return { statusCode: 200, body: AWS_REGION };
  }
  for (const { dynamodb, awsRegion, eventSourceARN } of Records) {
    const MessageBody = JSON.stringify({ id: dynamodb.NewImage.id.S, awsRegion, eventSourceARN });
    await new SQSClient().send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody }));
  }
};`;

/** Every resource has a name of its own, as in one region only one can have it. */
const template = {
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'changes' } },
    Setting: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/shop/region', Type: 'String', Value: region } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/show' } },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'busy',
        Namespace: 'AWS/Lambda',
        MetricName: 'Invocations',
        Dimensions: [{ Name: 'FunctionName', Value: 'show' }],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1000,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
    // Names of roles and buckets are the same in all regions: CloudFormation makes these.
    Bucket: { Type: 'AWS::S3::Bucket' },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'own-region',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: attribute('Table', 'Arn') },
                { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: attribute('Queue', 'Arn') },
                {
                  Effect: 'Allow',
                  Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
                  Resource: attribute('Table', 'StreamArn'),
                },
                {
                  Effect: 'Allow',
                  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                  Resource: join('arn:aws:logs:', region, `:${account}:log-group:/aws/lambda/show:*`),
                },
              ],
            },
          },
        ],
      },
    },
    Show: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'show',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: attribute('Role', 'Arn'),
        Environment: { Variables: { TABLE: { Ref: 'Table' }, QUEUE: { Ref: 'Queue' } } },
        Code: { ZipFile: code },
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Show' },
        EventSourceArn: attribute('Table', 'StreamArn'),
        StartingPosition: 'TRIM_HORIZON',
      },
    },
    MayInvoke: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Show' },
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: join('arn:aws:execute-api:', region, `:${account}:`, { Ref: 'Api' }, '/*/GET/things/*'),
      },
    },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'things' } },
    Things: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { RestApiId: { Ref: 'Api' }, ParentId: attribute('Api', 'RootResourceId'), PathPart: 'things' },
    },
    Thing: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { RestApiId: { Ref: 'Api' }, ParentId: { Ref: 'Things' }, PathPart: '{id}' },
    },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResourceId: { Ref: 'Thing' },
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
        Integration: {
          Type: 'AWS_PROXY',
          IntegrationHttpMethod: 'POST',
          Uri: join(
            'arn:aws:apigateway:',
            region,
            ':lambda:path/2015-03-31/functions/',
            attribute('Show', 'Arn'),
            '/invocations',
          ),
        },
      },
    },
    Deployment: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: ['Method'],
      Properties: { RestApiId: { Ref: 'Api' }, StageName: 'local' },
    },
  },
  Outputs: {
    Api: { Value: { Ref: 'Api' }, Export: { Name: 'api' } },
    Url: { Value: join('https://', { Ref: 'Api' }, '.execute-api.', region, '.', { Ref: 'AWS::URLSuffix' }, '/local') },
    Queue: { Value: { Ref: 'Queue' } },
    Bucket: { Value: { Ref: 'Bucket' } },
    Role: { Value: attribute('Role', 'Arn') },
  },
};

/** Deploys the stack `shop` to a region, and yields its outputs. */
export async function deployShop(
  { clientConfig }: Pick<Endpoint, 'clientConfig'>,
  regionName: string,
): Promise<Readonly<Record<string, string>>> {
  const client = new CloudFormationClient({ ...clientConfig, region: regionName });
  try {
    const TemplateBody = JSON.stringify(template);
    await client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody, Capabilities: ['CAPABILITY_IAM'] }));
    await waitUntilStackCreateComplete(
      { client, minDelay: 0.1, maxDelay: 0.1, maxWaitTime: 60 },
      { StackName: 'shop' },
    );
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: 'shop' }));
    return Object.fromEntries(
      (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } finally {
    client.destroy();
  }
}
