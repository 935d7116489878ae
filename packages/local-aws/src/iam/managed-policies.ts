import type { JsonObject } from '../core/json.ts';

const allow = (...actions: string[]): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

const writeLogs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const prefix = 'arn:aws:iam::aws:policy/';

/** The policies of AWS itself that functions and APIs usually have, with what they grant there. */
export const awsManagedPolicies: ReadonlyMap<string, JsonObject> = new Map([
  [`${prefix}service-role/AWSLambdaBasicExecutionRole`, allow(...writeLogs)],
  [
    `${prefix}service-role/AWSLambdaVPCAccessExecutionRole`,
    allow(
      ...writeLogs,
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ),
  ],
  [
    `${prefix}service-role/AWSLambdaSQSQueueExecutionRole`,
    allow('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...writeLogs),
  ],
  [
    `${prefix}service-role/AWSLambdaDynamoDBExecutionRole`,
    allow(
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      ...writeLogs,
    ),
  ],
  [
    `${prefix}service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
    allow(
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      'logs:GetLogEvents',
      'logs:FilterLogEvents',
    ),
  ],
  [
    `${prefix}AWSXRayDaemonWriteAccess`,
    allow(
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ),
  ],
  [
    `${prefix}CloudWatchLambdaInsightsExecutionRolePolicy`,
    {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' },
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: 'arn:aws:logs:*:*:log-group:/aws/lambda-insights:*',
        },
      ],
    },
  ],
]);
