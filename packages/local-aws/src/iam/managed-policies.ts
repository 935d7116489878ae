import type { JsonObject } from '../core/json.ts';

const allow = (...actions: string[]): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

const writeLogs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const writeTraces = allow(
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
);

/** Of the ARNs of AWS managed policies. */
export const awsPolicyPrefix = 'arn:aws:iam::aws:policy/';

/** The policies of AWS itself that functions and APIs usually have, with what they grant there. */
export const awsManagedPolicies: ReadonlyMap<string, JsonObject> = new Map([
  [`${awsPolicyPrefix}service-role/AWSLambdaBasicExecutionRole`, allow(...writeLogs)],
  [
    `${awsPolicyPrefix}service-role/AWSLambdaVPCAccessExecutionRole`,
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
    `${awsPolicyPrefix}service-role/AWSLambdaSQSQueueExecutionRole`,
    allow('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...writeLogs),
  ],
  [
    `${awsPolicyPrefix}service-role/AWSLambdaDynamoDBExecutionRole`,
    allow(
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      ...writeLogs,
    ),
  ],
  [
    `${awsPolicyPrefix}service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
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
  [`${awsPolicyPrefix}AWSXRayDaemonWriteAccess`, writeTraces],
  [`${awsPolicyPrefix}AWSXrayWriteOnlyAccess`, writeTraces],
  [
    `${awsPolicyPrefix}CloudWatchLambdaInsightsExecutionRolePolicy`,
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
