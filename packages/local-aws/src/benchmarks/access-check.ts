import { arn } from '../core/arn.ts';
import type { AwsRequest } from '../core/aws-api.ts';
import { systemClock } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import type { JsonObject } from '../core/json.ts';
import { noStateStore } from '../core/state-store.ts';
import { AccessCheck } from '../iam/access-check.ts';
import { GrantUsage } from '../iam/grant-usage.ts';
import { IamStore } from '../iam/iam-store.ts';
import { resourcePolicies } from '../iam/resource-policies.ts';

const region = 'us-east-1';
const calls = 20_000;
const table = arn('dynamodb', region, 'table/tasks');
const queue = arn('sqs', region, 'jobs');
const key = { owner: { S: 'somebody' }, id: { S: '0197d2a0-0000-7000-8000-000000000000' } };
const allow = (Action: string[], ...Resource: string[]): JsonObject => ({ Effect: 'Allow', Action, Resource });

/** As long as the policy of a busy function. */
const policy: JsonObject = {
  Version: '2012-10-17',
  Statement: [
    allow(
      ['logs:CreateLogStream', 'logs:CreateLogGroup', 'logs:PutLogEvents'],
      'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/tasks-test-createTask:*:*',
    ),
    allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue),
    allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'], table, `${table}/index/*`),
    allow(['sqs:SendMessage'], queue),
    allow(['lambda:InvokeFunction'], arn('lambda', region, 'function:tasks-test-listTasks')),
  ],
};

const queuePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue,
      Condition: { ArnEquals: { 'aws:SourceArn': arn('sns', region, 'news') } },
    },
  ],
});

const dynamoDb = (action: string, input: object) => ({
  service: 'dynamodb',
  target: `DynamoDB_20120810.${action}`,
  input,
});
const requests: Readonly<Record<string, { service: string; target?: string; path?: string; input: object }>> = {
  GetItem: dynamoDb('GetItem', { TableName: 'tasks', Key: key }),
  'Query of an index': dynamoDb('Query', {
    TableName: 'tasks',
    IndexName: 'byState',
    KeyConditionExpression: 'a = :a',
  }),
  'PutItem of 1 kB': dynamoDb('PutItem', { TableName: 'tasks', Item: { ...key, text: { S: 'x'.repeat(1000) } } }),
  'TransactWriteItems of 4': dynamoDb('TransactWriteItems', {
    TransactItems: Array.from({ length: 4 }, () => ({ Put: { TableName: 'tasks', Item: key } })),
  }),
  SendMessage: {
    service: 'sqs',
    target: 'AmazonSQS.SendMessage',
    input: { QueueUrl: 'http://localhost:4566/000000000000/jobs', MessageBody: '{}' },
  },
  Invoke: { service: 'lambda', path: '/2015-03-31/functions/tasks-test-listTasks/invocations', input: {} },
};

/** How long the permission check of calls of a role takes, in milliseconds in ascending order, by the call. */
export function accessCheckTimes(): ReadonlyMap<string, readonly number[]> {
  const store = new IamStore(systemClock, noStateStore);
  const role = store.addRole({
    name: 'bench',
    path: '/',
    maxSessionDuration: 3600,
    trustPolicy: {},
    inlinePolicies: { policy },
    attachedPolicies: [],
    tags: {},
  });
  const usage = new GrantUsage(store);
  const check = new AccessCheck({
    store,
    clock: systemClock,
    lookups: { hashKey: () => 'owner' },
    resourcePolicy: resourcePolicies((resource) => (resource === queue ? queuePolicy : undefined)),
    onDecision: (decision) => usage.record(decision),
  });
  return new Map(
    Object.entries(requests).map(([name, { service, target, path = '/', input }]) => {
      const request: AwsRequest = {
        requestId: 'bench',
        service,
        region,
        principal: rolePrincipal(role.arn, 'bench'),
        method: 'POST',
        path,
        query: new URLSearchParams(),
        headers: target === undefined ? {} : { 'x-amz-target': target },
        body: Buffer.from(JSON.stringify(input)),
      };
      return [name, timesOf(() => check.check(request))];
    }),
  );
}

/** Leaves out the first calls, whose code is compiled while they run. */
function timesOf(run: () => void): number[] {
  const durations: number[] = [];
  for (let index = 0; index < calls; index++) {
    const began = performance.now();
    run();
    durations.push(performance.now() - began);
  }
  return durations.slice(calls / 10).sort((a, b) => a - b);
}
