import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsRequest } from '../core/aws-api.ts';
import { requestPermissions } from './request-action.ts';

type Parts = Partial<Pick<AwsRequest, 'service' | 'method' | 'path' | 'headers'>> & { body?: string; query?: string };

const request = ({
  service = 'dynamodb',
  method = 'POST',
  path = '/',
  headers = {},
  body = '',
  query = '',
}: Parts): AwsRequest => ({
  requestId: 'r',
  service,
  region: 'eu-west-1',
  principal: { kind: 'account', arn: 'arn:aws:iam::000000000000:root' },
  method,
  path,
  query: new URLSearchParams(query),
  headers,
  body: Buffer.from(body),
});

const pairs = (parts: Parts): string[] | undefined =>
  requestPermissions(request(parts))?.map(({ action, resource }) => `${action} ${resource}`);

const json = (service: string, action: string, input: object): string[] | undefined =>
  pairs({ service, headers: { 'x-amz-target': `Prefix.${action}` }, body: JSON.stringify(input) });

const table = 'arn:aws:dynamodb:eu-west-1:000000000000:table';

test('a DynamoDB call is about its table, or about the index that it names', () => {
  assert.deepEqual(json('dynamodb', 'GetItem', { TableName: 'x' }), [`dynamodb:GetItem ${table}/x`]);
  assert.deepEqual(json('dynamodb', 'Query', { TableName: 'x', IndexName: 'y' }), [
    `dynamodb:Query ${table}/x/index/y`,
  ]);
  assert.deepEqual(json('dynamodb', 'GetItem', { TableName: `${table}/x` }), [`dynamodb:GetItem ${table}/x`]);
  assert.deepEqual(json('dynamodb', 'ListTables', {}), ['dynamodb:ListTables *']);
});

test('a transaction needs the single actions and a batch its own', () => {
  const TransactItems = [
    { Put: { TableName: 'a' } },
    { Update: { TableName: 'b' } },
    { Delete: { TableName: 'c' } },
    { ConditionCheck: { TableName: 'd' } },
  ];
  assert.deepEqual(json('dynamodb', 'TransactWriteItems', { TransactItems }), [
    `dynamodb:PutItem ${table}/a`,
    `dynamodb:UpdateItem ${table}/b`,
    `dynamodb:DeleteItem ${table}/c`,
    `dynamodb:ConditionCheckItem ${table}/d`,
  ]);
  assert.deepEqual(json('dynamodb', 'TransactGetItems', { TransactItems: [{ Get: { TableName: 'a' } }] }), [
    `dynamodb:GetItem ${table}/a`,
  ]);
  assert.deepEqual(json('dynamodb', 'BatchWriteItem', { RequestItems: { a: [], b: [] } }), [
    `dynamodb:BatchWriteItem ${table}/a`,
    `dynamodb:BatchWriteItem ${table}/b`,
  ]);
});

test('streams and PartiQL name their resource in their own ways', () => {
  const StreamArn = `${table}/x/stream/2026-01-01T00:00:00.000`;
  assert.deepEqual(json('dynamodb', 'GetShardIterator', { StreamArn }), [`dynamodb:GetShardIterator ${StreamArn}`]);
  assert.deepEqual(json('dynamodb', 'ExecuteStatement', { Statement: 'SELECT * FROM "x"."y" WHERE a = 1' }), [
    `dynamodb:PartiQLSelect ${table}/x/index/y`,
  ]);
  assert.deepEqual(json('dynamodb', 'ExecuteStatement', { Statement: "INSERT INTO x VALUE {'a': 1}" }), [
    `dynamodb:PartiQLInsert ${table}/x`,
  ]);
});

test('leading keys are read from keys, items and key conditions', () => {
  const lookups = { hashKey: () => 'pk' };
  const keysOf = (action: string, input: object) =>
    requestPermissions(
      request({ headers: { 'x-amz-target': `P.${action}` }, body: JSON.stringify({ TableName: 'x', ...input }) }),
      lookups,
    )?.[0]?.context?.['dynamodb:LeadingKeys'];
  assert.deepEqual(keysOf('GetItem', { Key: { pk: { S: 'a' }, sk: { S: 'b' } } }), ['a']);
  assert.deepEqual(keysOf('PutItem', { Item: { sk: { S: 'b' }, pk: { N: '1' } } }), ['1']);
  const query = {
    KeyConditionExpression: 'begins_with(sk, :s) AND #p = :p',
    ExpressionAttributeNames: { '#p': 'pk' },
    ExpressionAttributeValues: { ':p': { S: 'me' }, ':s': { S: 'x' } },
  };
  assert.deepEqual(keysOf('Query', query), ['me']);
  const plain = {
    KeyConditionExpression: 'sk = :s AND pk = :p',
    ExpressionAttributeValues: query.ExpressionAttributeValues,
  };
  assert.deepEqual(keysOf('Query', plain), ['me']);
  assert.equal(keysOf('Query', { ...plain, KeyConditionExpression: 'sk = :s' }), undefined);
  const item = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
  assert.deepEqual(keysOf('BatchGetItem', { RequestItems: { x: { Keys: [item('a'), item('b')] } } }), ['a', 'b']);
  const writes = [{ PutRequest: { Item: item('a') } }, { DeleteRequest: { Key: item('b') } }];
  assert.deepEqual(keysOf('BatchWriteItem', { RequestItems: { x: writes } }), ['a', 'b']);
  const acts = { TransactItems: [{ Delete: { TableName: 'x', Key: item('a') } }] };
  assert.deepEqual(keysOf('TransactWriteItems', acts), ['a']);
});

test('SQS calls are about the queue of their URL in both protocols', () => {
  const QueueUrl = 'http://localhost:4566/000000000000/jobs';
  const queue = 'arn:aws:sqs:eu-west-1:000000000000:jobs';
  assert.deepEqual(json('sqs', 'SendMessageBatch', { QueueUrl }), [`sqs:SendMessage ${queue}`]);
  assert.deepEqual(json('sqs', 'GetQueueUrl', { QueueName: 'jobs' }), [`sqs:GetQueueUrl ${queue}`]);
  assert.deepEqual(pairs({ service: 'sqs', path: '/000000000000/jobs', body: 'Action=SendMessage&MessageBody=x' }), [
    `sqs:SendMessage ${queue}`,
  ]);
});

test('SNS, EventBridge and Logs calls name their resources', () => {
  const TopicArn = 'arn:aws:sns:eu-west-1:000000000000:news';
  const body = new URLSearchParams({ Action: 'PublishBatch', TopicArn }).toString();
  assert.deepEqual(pairs({ service: 'sns', body }), [`SNS:Publish ${TopicArn}`]);
  assert.deepEqual(json('events', 'PutEvents', { Entries: [{}, { EventBusName: 'own' }, {}] }), [
    'events:PutEvents arn:aws:events:eu-west-1:000000000000:event-bus/default',
    'events:PutEvents arn:aws:events:eu-west-1:000000000000:event-bus/own',
  ]);
  assert.deepEqual(json('logs', 'PutLogEvents', { logGroupName: '/aws/lambda/f', logStreamName: 's' }), [
    'logs:PutLogEvents arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/f:log-stream:s',
  ]);
});

test('calls of EventBridge are about their bus or rule, with what the conditions of policies look at', () => {
  const events = 'arn:aws:events:eu-west-1:000000000000';
  assert.deepEqual(json('events', 'PutRule', { Name: 'r' }), [`events:PutRule ${events}:rule/r`]);
  assert.deepEqual(json('events', 'PutTargets', { Rule: 'r', EventBusName: 'own' }), [
    `events:PutTargets ${events}:rule/own/r`,
  ]);
  assert.deepEqual(json('events', 'DeleteEventBus', { Name: 'own' }), [
    `events:DeleteEventBus ${events}:event-bus/own`,
  ]);
  assert.deepEqual(json('events', 'ListEventBuses', {}), ['events:ListEventBuses *']);
  assert.deepEqual(json('events', 'TagResource', { ResourceARN: `${events}:rule/r` }), [
    `events:TagResource ${events}:rule/r`,
  ]);
  const Entries = [{ Source: 'shop', DetailType: 'order' }];
  const headers = { 'x-amz-target': 'AWSEvents.PutEvents' };
  const [permission] =
    requestPermissions(request({ service: 'events', headers, body: JSON.stringify({ Entries }) })) ?? [];
  assert.equal(permission?.context?.['events:source'], 'shop');
  assert.equal(permission?.context?.['events:detail-type'], 'order');
});

test('calls of EventBridge Scheduler are about their schedule or group, and pass the role on', () => {
  const scheduler = 'arn:aws:scheduler:eu-west-1:000000000000';
  const call = (method: string, path: string, body?: object, query = ''): string[] | undefined =>
    pairs({ service: 'scheduler', method, path, query, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const RoleArn = 'arn:aws:iam::000000000000:role/r';
  assert.deepEqual(call('POST', '/schedules/s', { GroupName: 'g', Target: { RoleArn } }), [
    `scheduler:CreateSchedule ${scheduler}:schedule/g/s`,
    `iam:PassRole ${RoleArn}`,
  ]);
  assert.deepEqual(call('PUT', '/schedules/s', {}), [`scheduler:UpdateSchedule ${scheduler}:schedule/default/s`]);
  assert.deepEqual(call('GET', '/schedules/s', undefined, 'groupName=g'), [
    `scheduler:GetSchedule ${scheduler}:schedule/g/s`,
  ]);
  assert.deepEqual(call('GET', '/schedules'), ['scheduler:ListSchedules *']);
  assert.deepEqual(call('DELETE', '/schedule-groups/g'), [
    `scheduler:DeleteScheduleGroup ${scheduler}:schedule-group/g`,
  ]);
  assert.deepEqual(call('POST', `/tags/${encodeURIComponent(`${scheduler}:schedule-group/g`)}`), [
    `scheduler:TagResource ${scheduler}:schedule-group/g`,
  ]);
  assert.throws(() => call('PATCH', '/schedules/s'), { code: 'AccessDeniedException' });
});

test('a Lambda invocation is about the function, with its qualifier', () => {
  const lambda = 'arn:aws:lambda:eu-west-1:000000000000:function';
  const invoke = (name: string, query = '') =>
    pairs({ service: 'lambda', path: `/2015-03-31/functions/${name}/invocations`, query });
  assert.deepEqual(invoke('f'), [`lambda:InvokeFunction ${lambda}:f`]);
  assert.deepEqual(invoke('f', 'Qualifier=live'), [`lambda:InvokeFunction ${lambda}:f:live`]);
  assert.deepEqual(invoke(encodeURIComponent(`${lambda}:f:2`)), [`lambda:InvokeFunction ${lambda}:f:2`]);
  assert.deepEqual(invoke('000000000000:function:f'), [`lambda:InvokeFunction ${lambda}:f`]);
  assert.throws(() => pairs({ service: 'lambda', path: '/2015-03-31/layers/x' }), { code: 'AccessDeniedException' });
});

test('only the list of functions needs the permission for it', () => {
  const call = (method: string, path: string) =>
    pairs({ service: 'lambda', method, path: `/2015-03-31/functions${path}` });
  const lambda = 'arn:aws:lambda:eu-west-1:000000000000:function';
  for (const path of ['', '/']) assert.deepEqual(call('GET', path), ['lambda:ListFunctions *']);
  assert.deepEqual(call('GET', '/f'), [`lambda:GetFunction ${lambda}:f`]);
  assert.deepEqual(call('GET', '/f/policy'), [`lambda:GetPolicy ${lambda}:f`]);
  assert.deepEqual(call('DELETE', '/f'), [`lambda:DeleteFunction ${lambda}:f`]);
  assert.deepEqual(call('PUT', '/f/url'), [`lambda:UpdateFunctionUrlConfig ${lambda}:f`]);
  assert.deepEqual(call('GET', '/f/urls'), [`lambda:ListFunctionUrlConfigs ${lambda}:f`]);
  assert.deepEqual(call('DELETE', '/f/policy/sid'), [`lambda:RemovePermission ${lambda}:f`]);
  assert.deepEqual(call('PUT', '/f/aliases/live'), [`lambda:UpdateAlias ${lambda}:f`]);
  assert.deepEqual(call('GET', '/f/event-invoke-config/list'), [`lambda:ListFunctionEventInvokeConfigs ${lambda}:f`]);
  for (const path of ['/f/unknown', '/f/policy/a']) {
    assert.throws(() => call('POST', path), { code: 'AccessDeniedException' });
  }
});

test('who gives a role to a function passes it on', () => {
  const role = 'arn:aws:iam::000000000000:role/r';
  const call = (method: string, path: string, body: object) =>
    pairs({ service: 'lambda', method, path: `/2015-03-31/functions${path}`, body: JSON.stringify(body) });
  const lambda = 'arn:aws:lambda:eu-west-1:000000000000:function';
  const passing = `iam:PassRole ${role}`;
  assert.deepEqual(call('POST', '', { FunctionName: 'f', Role: role }), [`lambda:CreateFunction ${lambda}:f`, passing]);
  assert.deepEqual(call('PUT', '/f/configuration', { Role: role }), [
    `lambda:UpdateFunctionConfiguration ${lambda}:f`,
    passing,
  ]);
  assert.deepEqual(call('POST', '/f/invocations', { Role: role }), [`lambda:InvokeFunction ${lambda}:f`]);
});

test('calls of Lambda that are not about a function are about a mapping, a tagged resource or nothing', () => {
  const call = (method: string, path: string) => pairs({ service: 'lambda', method, path });
  const mapping = 'arn:aws:lambda:eu-west-1:000000000000:event-source-mapping:1-2';
  assert.deepEqual(call('POST', '/2015-03-31/event-source-mappings'), ['lambda:CreateEventSourceMapping *']);
  assert.deepEqual(call('GET', '/2015-03-31/event-source-mappings/'), ['lambda:ListEventSourceMappings *']);
  assert.deepEqual(call('DELETE', '/2015-03-31/event-source-mappings/1-2'), [
    `lambda:DeleteEventSourceMapping ${mapping}`,
  ]);
  assert.deepEqual(call('POST', `/2017-03-31/tags/${encodeURIComponent(mapping)}`), [`lambda:TagResource ${mapping}`]);
  assert.deepEqual(call('GET', '/2016-08-19/account-settings'), ['lambda:GetAccountSettings *']);
  assert.throws(() => call('PATCH', '/2015-03-31/event-source-mappings/1-2'), { code: 'AccessDeniedException' });
});

test('aliases are asked for by their function, provisioned concurrency by the version or alias that has it', () => {
  const call = (method: string, path: string, query = '') =>
    pairs({ service: 'lambda', method, path: `/2015-03-31/functions${path}`, query });
  const lambda = 'arn:aws:lambda:eu-west-1:000000000000:function';
  assert.deepEqual(call('POST', '/f/aliases'), [`lambda:CreateAlias ${lambda}:f`]);
  assert.deepEqual(call('GET', '/f/aliases/live'), [`lambda:GetAlias ${lambda}:f`]);
  assert.deepEqual(call('PUT', '/f/aliases/live'), [`lambda:UpdateAlias ${lambda}:f`]);
  assert.deepEqual(call('DELETE', '/f/aliases/live'), [`lambda:DeleteAlias ${lambda}:f`]);
  const provisioned = '/f/provisioned-concurrency';
  assert.deepEqual(call('GET', provisioned, 'List=ALL'), [`lambda:ListProvisionedConcurrencyConfigs ${lambda}:f`]);
  for (const [method, verb] of [
    ['GET', 'Get'],
    ['PUT', 'Put'],
    ['DELETE', 'Delete'],
  ] as const) {
    const action = `lambda:${verb}ProvisionedConcurrencyConfig`;
    assert.deepEqual(call(method, provisioned, 'Qualifier=live'), [`${action} ${lambda}:f:live`]);
  }
});

test('calls of CodeDeploy are about an application or a deployment group, which a deployment leads to', () => {
  const codeDeploy = 'arn:aws:codedeploy:eu-west-1:000000000000';
  const deploymentGroup = (_region: string, id: string) =>
    id === 'd-1' ? { applicationName: 'a', groupName: 'g' } : undefined;
  const call = (action: string, input: object) =>
    requestPermissions(
      request({ service: 'codedeploy', headers: { 'x-amz-target': `P.${action}` }, body: JSON.stringify(input) }),
      { deploymentGroup },
    )?.map((permission) => `${permission.action} ${permission.resource}`);
  const report = 'PutLifecycleEventHookExecutionStatus';
  assert.deepEqual(call(report, { deploymentId: 'd-1' }), [`codedeploy:${report} ${codeDeploy}:deploymentgroup:a/g`]);
  assert.deepEqual(call(report, { deploymentId: 'd-2' }), [`codedeploy:${report} ${codeDeploy}:deploymentgroup:*/*`]);
  assert.deepEqual(call('GetApplication', { applicationName: 'a' }), [
    `codedeploy:GetApplication ${codeDeploy}:application:a`,
  ]);
  assert.deepEqual(call('ListDeployments', { applicationName: 'a', deploymentGroupName: 'g' }), [
    `codedeploy:ListDeployments ${codeDeploy}:deploymentgroup:a/g`,
  ]);
});

test('malformed bodies and other services do no harm', () => {
  assert.deepEqual(pairs({ headers: { 'x-amz-target': 'P.GetItem' }, body: '{' }), [`dynamodb:GetItem ${table}/*`]);
  assert.deepEqual(pairs({ headers: { 'x-amz-target': 'P.BatchGetItem' }, body: '{"RequestItems":[1]}' }), []);
  assert.equal(pairs({ service: 's3' }), undefined);
});

test('a call about layers needs the permission for the layer or its version', () => {
  const call = (method: string, path: string, query = '') =>
    pairs({ service: 'lambda', method, path: `/2018-10-31/layers${path}`, query });
  const layer = 'arn:aws:lambda:eu-west-1:000000000000:layer:shared';
  assert.deepEqual(call('GET', ''), ['lambda:ListLayers *']);
  assert.deepEqual(call('GET', '', `find=LayerVersion&Arn=${layer}:3`), [`lambda:GetLayerVersion ${layer}:3`]);
  assert.deepEqual(call('POST', '/shared/versions'), [`lambda:PublishLayerVersion ${layer}`]);
  assert.deepEqual(call('GET', `/${encodeURIComponent(layer)}/versions`), [`lambda:ListLayerVersions ${layer}`]);
  assert.deepEqual(call('DELETE', '/shared/versions/3'), [`lambda:DeleteLayerVersion ${layer}:3`]);
  assert.deepEqual(call('GET', '/shared/versions/3/policy'), [`lambda:GetLayerVersionPolicy ${layer}:3`]);
  assert.deepEqual(call('DELETE', '/shared/versions/3/policy/s1'), [`lambda:RemoveLayerVersionPermission ${layer}:3`]);
});
