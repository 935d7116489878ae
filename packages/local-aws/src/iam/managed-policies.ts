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

/** What CodeDeploy needs to deploy to Lambda, without its rights to revisions in S3. */
function shiftTraffic(...more: string[]): JsonObject {
  const actions = [
    'cloudwatch:DescribeAlarms',
    'lambda:UpdateAlias',
    'lambda:GetAlias',
    'lambda:GetProvisionedConcurrencyConfig',
  ];
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: [...actions, ...more], Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: 'arn:aws:lambda:*:*:function:CodeDeployHook_*',
      },
    ],
  };
}

/** Of the ARNs of AWS managed policies. */
export const awsPolicyPrefix = 'arn:aws:iam::aws:policy/';

/** What `ReadOnlyAccess` allows of the services whose calls the endpoint checks, and of those that it deploys. */
const readActions = [
  'apigateway:GET',
  'cloudformation:Describe*',
  'cloudformation:Get*',
  'cloudformation:List*',
  'cloudwatch:Describe*',
  'cloudwatch:Get*',
  'cloudwatch:List*',
  'dynamodb:BatchGet*',
  'dynamodb:Describe*',
  'dynamodb:Get*',
  'dynamodb:List*',
  'dynamodb:PartiQLSelect',
  'dynamodb:Query',
  'dynamodb:Scan',
  'ecr:BatchGet*',
  'ecr:Describe*',
  'ecr:Get*',
  'ecr:List*',
  'events:Describe*',
  'events:List*',
  'events:Test*',
  'iam:Get*',
  'iam:List*',
  'kms:Describe*',
  'kms:Get*',
  'kms:List*',
  'lambda:Get*',
  'lambda:List*',
  'logs:Describe*',
  'logs:FilterLogEvents',
  'logs:Get*',
  'logs:ListTagsForResource',
  'logs:ListTagsLogGroup',
  'logs:TestMetricFilter',
  'pipes:DescribePipe',
  'pipes:ListPipes',
  'pipes:ListTagsForResource',
  's3:Get*',
  's3:List*',
  'scheduler:GetSchedule',
  'scheduler:GetScheduleGroup',
  'scheduler:ListScheduleGroups',
  'scheduler:ListSchedules',
  'scheduler:ListTagsForResource',
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetResourcePolicy',
  'secretsmanager:List*',
  'sns:Get*',
  'sns:List*',
  'sqs:Get*',
  'sqs:List*',
  'sqs:Receive*',
  'ssm:Describe*',
  'ssm:Get*',
  'ssm:List*',
  'sts:GetAccessKeyInfo',
  'sts:GetCallerIdentity',
  'sts:GetSessionToken',
];

/** The policies of AWS itself that functions, APIs and the roles of `cdk bootstrap` usually have, with what they grant. */
export const awsManagedPolicies: ReadonlyMap<string, JsonObject> = new Map([
  [`${awsPolicyPrefix}AdministratorAccess`, allow('*')],
  [
    `${awsPolicyPrefix}AWSCloudFormationReadOnlyAccess`,
    allow(
      'cloudformation:Describe*',
      'cloudformation:EstimateTemplateCost',
      'cloudformation:Get*',
      'cloudformation:List*',
      'cloudformation:ValidateTemplate',
      'cloudformation:Detect*',
    ),
  ],
  [`${awsPolicyPrefix}ReadOnlyAccess`, allow(...readActions)],
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
  [`${awsPolicyPrefix}service-role/AWSCodeDeployRoleForLambda`, shiftTraffic('sns:Publish')],
  [`${awsPolicyPrefix}service-role/AWSCodeDeployRoleForLambdaLimited`, shiftTraffic()],
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
