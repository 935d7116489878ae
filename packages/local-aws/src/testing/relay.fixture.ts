const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** Writes a message or a change to a table; `fails` fails it, `poison` fails the second function. */
const code = `
const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
const client = new DynamoDBClient();
const put = (id) => client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: id } } }));
exports.message = async ({ Records }) => {
  for (const { body } of Records) {
    const { id, fails, waitMs = 0 } = JSON.parse(body);
    console.log(id);
    if (fails) throw new Error('asked to fail');
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await put(id);
  }
};
exports.change = async ({ Records }) => {
  for (const { eventName, dynamodb } of Records) {
    if (eventName !== 'INSERT') throw new Error('only inserts are expected');
    const id = dynamodb.NewImage.id.S;
    if (id === 'poison') throw new Error('poison');
    await put(id);
  }
};
exports.echo = async (event) => {
  if (event.fails) throw new Error('asked to fail');
  return event;
};
`;

const table = (TableName: string) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byId',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
});

const lambda = (FunctionName: string, handler: string, TABLE: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName,
    Runtime: 'nodejs24.x',
    Handler: `index.${handler}`,
    Role: arnOf('Role'),
    Timeout: 10,
    Environment: { Variables: { TABLE } },
    Code: { ZipFile: code },
  },
});

/** Queue `jobs` → function → table `first` → stream → function → table `second` → stream → pipe → queue `done`. */
export const relayTemplate = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: ['lambda.amazonaws.com', 'pipes.amazonaws.com'] },
              Action: 'sts:AssumeRole',
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'all',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: ['sqs:*', 'dynamodb:*', 'logs:*'], Resource: '*' }],
            },
          },
        ],
      },
    },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Jobs: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'jobs',
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 2 },
      },
    },
    Done: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'done' } },
    Ordered: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'ordered.fifo', FifoQueue: true } },
    FirstTable: table('first'),
    SecondTable: table('second'),
    First: lambda('first', 'message', 'first'),
    Second: lambda('second', 'change', 'second'),
    Echo: lambda('echo', 'echo', ''),
    FromJobs: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'First' }, EventSourceArn: arnOf('Jobs'), BatchSize: 10 },
    },
    FromFirst: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Second' },
        EventSourceArn: { 'Fn::GetAtt': ['FirstTable', 'StreamArn'] },
        StartingPosition: 'TRIM_HORIZON',
        MaximumRecordAgeInSeconds: 3600,
      },
    },
    Pipe: {
      Type: 'AWS::Pipes::Pipe',
      Properties: {
        Name: 'second-to-done',
        RoleArn: arnOf('Role'),
        Source: { 'Fn::GetAtt': ['SecondTable', 'StreamArn'] },
        SourceParameters: { DynamoDBStreamParameters: { StartingPosition: 'TRIM_HORIZON' } },
        Target: arnOf('Done'),
      },
    },
    EchoResults: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Echo' },
        Qualifier: '$LATEST',
        DestinationConfig: { OnSuccess: { Destination: arnOf('Done') } },
      },
    },
  },
  Outputs: { JobsName: { Value: { 'Fn::GetAtt': ['Jobs', 'QueueName'] } } },
};
