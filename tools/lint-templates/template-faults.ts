import type { Template } from '../render-templates/template.ts';

type Values = Readonly<Record<string, unknown>>;
type Edit = (template: Template) => void;

/** What is done to a template of a service, and which rule is to find it, where. */
type Fault = {
  readonly service?: string;
  readonly breaks: Edit;
  readonly rule: string;
  readonly at: string;
};

const table = 'ProductsTable';
const lambda = 'ProductsLambdaFunction';
const role = 'ProductsIamRoleLambdaExecution';
const method = 'ApiGatewayMethodProductsGet';
const policy = 'Properties.Policies.0.PolicyDocument';
const trust = 'Properties.AssumeRolePolicyDocument';

const getStatus =
  'Resources.ApiGatewayRestApi.Properties.Body.paths./status/{messageId}.get.x-amazon-apigateway-integration';

/** What is broken in a template of a service, each in one way, for the tests of the linter. */
export const templateFaults: Readonly<Record<string, Fault>> = {
  'an unknown type of resource': {
    breaks: put('Resources', { Added: { Type: 'AWS::DynamoDB::Tabel' } }),
    rule: 'F3006',
    at: 'Added',
  },
  'an unknown property': {
    breaks: set(table, { BilingMode: 'x' }),
    rule: 'F3002',
    at: `${table} Properties.BilingMode`,
  },
  'an unknown property inside of another': {
    breaks: set(table, { SSESpecification: { SSEEnabled: true, Kms: 1 } }),
    rule: 'F3002',
    at: `${table} Properties.SSESpecification.Kms`,
  },
  'a text for a number': {
    breaks: set(lambda, { Timeout: 'soon' }),
    rule: 'F3012',
    at: `${lambda} Properties.Timeout`,
  },
  'a text for an object': {
    breaks: set(lambda, { Environment: 'x' }),
    rule: 'value-type',
    at: `${lambda} Properties.Environment`,
  },
  'a text for a list': { breaks: set(lambda, { Layers: 'x' }), rule: 'value-type', at: `${lambda} Properties.Layers` },
  'an attribute for an object': {
    breaks: set(lambda, { Environment: { 'Fn::GetAtt': [table, 'Arn'] } }),
    rule: 'value-type',
    at: `${lambda} Properties.Environment`,
  },
  'a missing property': { breaks: set(lambda, { Role: undefined }), rule: 'F3003', at: `${lambda} Properties` },
  'a missing property inside of another': {
    breaks: set(table, { TimeToLiveSpecification: { AttributeName: 'x' } }),
    rule: 'required-property',
    at: `${table} Properties.TimeToLiveSpecification`,
  },
  'a value that is not offered': {
    breaks: set(lambda, { Runtime: 'nodejs99.x' }),
    rule: 'W3030',
    at: `${lambda} Properties.Runtime`,
  },
  'a value off its pattern': {
    breaks: set(lambda, { FunctionName: 'a b' }),
    rule: 'F3031',
    at: `${lambda} Properties.FunctionName`,
  },
  'a name that is too long': {
    breaks: set(lambda, { FunctionName: 'a'.repeat(65) }),
    rule: 'F3031',
    at: `${lambda} Properties.FunctionName`,
  },
  'a role name that is too long': {
    breaks: set(role, { RoleName: 'a'.repeat(65) }),
    rule: 'F3033',
    at: `${role} Properties.RoleName`,
  },
  'a number out of its range': {
    breaks: set(lambda, { MemorySize: 64 }),
    rule: 'F3034',
    at: `${lambda} Properties.MemorySize`,
  },
  'a property that only CloudFormation sets': {
    breaks: set(table, { StreamArn: { Ref: 'AWS::StackId' } }),
    rule: 'known-property',
    at: `${table} Properties.StreamArn`,
  },
  'properties that exclude each other': {
    breaks: set('ApiGatewayRestApiErrorAlarm', { ExtendedStatistic: 'p99', Statistic: 'Sum' }),
    rule: 'F3020',
    at: 'ApiGatewayRestApiErrorAlarm Properties.Statistic',
  },
  'a key without its attribute': {
    breaks: set(table, { AttributeDefinitions: [] }),
    rule: 'E3039',
    at: `${table} Properties`,
  },
  'a name that two resources have': {
    service: 'tasks',
    breaks: set('GetTaskLambdaFunction', { FunctionName: 'tasks-local-createTask' }),
    rule: 'E3019',
    at: '',
  },
  'an unknown function': {
    breaks: set(lambda, { Timeout: { 'Fn::Max': [1, 2] } }),
    rule: 'F3012',
    at: `${lambda} Properties.Timeout`,
  },
  'a reference to nothing': { breaks: set(lambda, { KmsKeyArn: { Ref: 'Nothing' } }), rule: 'F1020', at: lambda },
  'an attribute of nothing': {
    breaks: set(lambda, { KmsKeyArn: { 'Fn::GetAtt': ['Nothing', 'Arn'] } }),
    rule: 'F1020',
    at: lambda,
  },
  'an attribute that its type does not have': {
    breaks: set(lambda, { KmsKeyArn: { 'Fn::GetAtt': [table, 'Url'] } }),
    rule: 'E9004',
    at: `${lambda} Properties.KmsKeyArn`,
  },
  'a text with a variable of nothing': {
    breaks: set(lambda, { Description: { 'Fn::Sub': `\${Nothing.Arn}` } }),
    rule: 'F1018',
    at: lambda,
  },
  'a variable that nothing fills in': {
    breaks: set(lambda, { Description: `\${${table}}` }),
    rule: 'E1029',
    at: lambda,
  },
  'a reference to a resource of another type': {
    breaks: set('ApiGatewayStage', { RestApiId: { Ref: table } }),
    rule: 'reference-type',
    at: 'ApiGatewayStage Properties.RestApiId',
  },
  'a dependency on nothing': { breaks: change(lambda, { DependsOn: ['Nothing'] }), rule: 'E3005', at: lambda },
  'dependencies that go in a circle': { breaks: change(table, { DependsOn: [lambda] }), rule: 'F3004', at: lambda },
  'a condition that is not there': {
    breaks: change(lambda, { Condition: 'Unknown' }),
    rule: 'known-condition',
    at: 'Unknown',
  },
  'a choice by a condition that is not there': {
    breaks: set(lambda, { Timeout: { 'Fn::If': ['Unknown', 1, 2] } }),
    rule: 'known-condition',
    at: 'Unknown',
  },
  'a condition that nothing uses': {
    breaks: put('Conditions', { Idle: { 'Fn::Equals': ['a', 'b'] } }),
    rule: 'used-condition',
    at: 'Idle',
  },
  'a condition that only a deploy decides': {
    breaks: (template) => {
      put('Conditions', { Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] } })(template);
      change(lambda, { Condition: 'Here' })(template);
    },
    rule: 'decided-condition',
    at: 'Here',
  },
  'a reference to a resource that its condition leaves out': {
    breaks: change(role, { Condition: 'Never' }),
    rule: 'F1020',
    at: lambda,
  },
  'an output of a resource that its condition leaves out': {
    service: 'tasks',
    breaks: change('TasksTable', { Condition: 'Never' }),
    rule: 'F6101',
    at: '',
  },
  'a wrong value in the branch that is taken': {
    breaks: set(lambda, { MemorySize: { 'Fn::If': ['Never', 128, 1] } }),
    rule: 'F3034',
    at: `${lambda} Properties.MemorySize`,
  },
  'a needed property that a branch takes away': {
    breaks: set(lambda, { Role: { 'Fn::If': ['Never', 'x', { Ref: 'AWS::NoValue' }] } }),
    rule: 'F3003',
    at: `${lambda} Properties`,
  },
  'a dependency on a resource that only a condition makes': {
    breaks: (template) => {
      put('Conditions', { Always: { 'Fn::Equals': ['a', 'a'] } })(template);
      change(table, { Condition: 'Always' })(template);
      change(method, { DependsOn: [table] })(template);
    },
    rule: 'conditional-dependency',
    at: `${method} DependsOn`,
  },
  'a parameter that nothing uses': {
    breaks: put('', { Parameters: { Mode: { Type: 'String' } } }),
    rule: 'W2001',
    at: 'Mode Parameters/Mode',
  },
  'a mapping that nothing uses': {
    breaks: put('', { Mappings: { Sizes: { a: { b: 'c' } } } }),
    rule: 'W7001',
    at: 'Sizes Mappings/Sizes',
  },
  'an output of what is no text': {
    breaks: put('Outputs', { Odd: { Value: { a: 1 } } }),
    rule: 'F6101',
    at: 'Odd Outputs/Odd/Value',
  },
  'an unknown section': { breaks: put('', { Outputz: {} }), rule: 'F0005', at: 'Outputz' },
  'a template that is too large': {
    breaks: put('', { Metadata: { text: 'x'.repeat(1_000_000) } }),
    rule: 'template-size',
    at: '',
  },
  'too many resources': {
    breaks: put('Resources', many(501, { Type: 'AWS::SNS::Topic' })),
    rule: 'F0007',
    at: '',
  },
  'too many outputs': {
    breaks: put('Outputs', many(201, { Value: 'x' })),
    rule: 'F0004',
    at: '',
  },
  'an ARN that is written out': {
    breaks: set(lambda, { KmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/1' }),
    rule: 'W9013',
    at: lambda,
  },
  'a table that keeps state and says not what becomes of it': {
    breaks: change(table, { DeletionPolicy: undefined }),
    rule: 'I3011',
    at: table,
  },
  'capacities of a table that bills by request': {
    breaks: set(table, { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }),
    rule: 'table-capacity',
    at: `${table} Properties.ProvisionedThroughput`,
  },
  'an index without capacities': {
    breaks: set(table, {
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    }),
    rule: 'table-capacity',
    at: `${table} Properties.GlobalSecondaryIndexes.0.ProvisionedThroughput`,
  },
  'a key of an unknown kind': {
    breaks: set(table, { KeySchema: [{ AttributeName: 'PK', KeyType: 'HASHED' }] }),
    rule: 'table-key',
    at: `${table} Properties.KeySchema.0`,
  },
  'a queue that hides messages for less long than its function runs': {
    service: 'friends',
    breaks: set('FrontQueue', { VisibilityTimeout: 1 }),
    rule: 'E3505',
    at: 'FrontQueue Properties.VisibilityTimeout',
  },
  'a dead-letter queue that drops messages as early as their queue': {
    service: 'friends',
    breaks: set('FrontDeadLetterQueue', { MessageRetentionPeriod: 604_800 }),
    rule: 'dead-letter-retention',
    at: 'FrontDeadLetterQueue Properties.MessageRetentionPeriod',
  },
  'a queue that keeps messages longer than its dead-letter queue can': {
    service: 'friends',
    breaks: set('FrontQueue', { MessageRetentionPeriod: 1_209_600 }),
    rule: 'dead-letter-retention',
    at: 'FrontDeadLetterQueue Properties.MessageRetentionPeriod',
  },
  'a consumed queue without a dead-letter queue': {
    service: 'users-async',
    breaks: set('UsersDeadLetterQueue', { RedrivePolicy: undefined }),
    rule: 'dead-letter-queue',
    at: 'UsersDeadLetterQueue Properties.RedrivePolicy',
  },
  'a dead-letter queue that takes messages of any queue': {
    service: 'friends',
    breaks: set('FrontDeadLetterQueue', { RedriveAllowPolicy: undefined }),
    rule: 'redrive-allow',
    at: 'FrontDeadLetterQueue Properties.RedriveAllowPolicy',
  },
  'a queue that could become the dead-letter queue of another': {
    service: 'friends',
    breaks: set('FailedChangesQueue', { RedriveAllowPolicy: { redrivePermission: 'allowAll' } }),
    rule: 'redrive-allow',
    at: 'FailedChangesQueue Properties.RedriveAllowPolicy',
  },
  'a queue that takes requests over plain HTTP': {
    service: 'friends',
    breaks: put('Resources.FrontQueuePolicy.Properties.PolicyDocument', { Statement: [] }),
    rule: 'tls-only',
    at: 'FrontQueue',
  },
  'a topic that takes requests over plain HTTP': {
    service: 'platform',
    breaks: put('Resources', { MonitoringTopicPolicy: undefined }),
    rule: 'tls-only',
    at: 'MonitoringTopic',
  },
  'a bucket that takes requests over plain HTTP': {
    breaks: put('Resources', { ServerlessDeploymentBucketPolicy: undefined }),
    rule: 'tls-only',
    at: 'ServerlessDeploymentBucket',
  },
  'two policies of which only one counts': {
    service: 'friends',
    breaks: (template) => put('Resources', { Second: template.Resources.FrontQueuePolicy })(template),
    rule: 'tls-only',
    at: 'FrontQueue',
  },
  'a function that may make log groups': {
    breaks: put(`Resources.${role}.${policy}.Statement.0`, { Action: ['logs:PutLogEvents', 'logs:CreateLogGroup'] }),
    rule: 'policy',
    at: `${role} ${policy}.Statement.0.Action.1`,
  },
  'a policy of an unknown version': {
    breaks: put(`Resources.${role}.${policy}`, { Version: '2012' }),
    rule: 'policy',
    at: `${role} ${policy}.Version`,
  },
  'a policy with an unknown key': {
    breaks: put(`Resources.${role}.${policy}.Statement.0`, { Actions: 'x' }),
    rule: 'policy',
    at: `${role} ${policy}.Statement.0`,
  },
  'a policy with an unknown effect': {
    breaks: put(`Resources.${role}.${policy}.Statement.0`, { Effect: 'allow' }),
    rule: 'policy',
    at: `${role} ${policy}.Statement.0.Effect`,
  },
  'an action of no service': {
    breaks: put(`Resources.${role}.${policy}.Statement.0`, { Action: ['PutItem'] }),
    rule: 'policy',
    at: `${role} ${policy}.Statement.0.Action.0`,
  },
  'a grant on a name': {
    breaks: put(`Resources.${role}.${policy}.Statement.0`, { Resource: { Ref: table } }),
    rule: 'policy',
    at: `${role} ${policy}.Statement.0.Resource.0`,
  },
  'a grant on nothing': {
    breaks: put(`Resources.${role}.${policy}.Statement.0`, { Resource: undefined }),
    rule: 'E3510',
    at: `${role} ${policy}.Statement.0`,
  },
  'a trust in nobody': {
    breaks: put(`Resources.${role}.${trust}.Statement.0`, { Principal: { Servant: 'lambda.amazonaws.com' } }),
    rule: 'policy',
    at: `${role} Properties.AssumeRolePolicyDocument.Statement.0.Principal`,
  },
  'a method that asks nobody who they are': {
    breaks: set(method, { AuthorizationType: 'NONE', AuthorizerId: undefined, AuthorizationScopes: undefined }),
    rule: 'authorization',
    at: `${method} Properties.AuthorizationType`,
  },
  'a method that asks for no scope': {
    breaks: set(method, { AuthorizationScopes: undefined }),
    rule: 'authorization',
    at: `${method} Properties.AuthorizationScopes`,
  },
  'a method without its authorizer': {
    breaks: set(method, { AuthorizerId: undefined }),
    rule: 'authorization',
    at: `${method} Properties.AuthorizerId`,
  },
  'a method that asks for no API key': {
    breaks: set(method, { ApiKeyRequired: false }),
    rule: 'api-key',
    at: `${method} Properties.ApiKeyRequired`,
  },
  'an operation of an imported API that asks for nothing': {
    service: 'users-async',
    breaks: put('Resources.ApiGatewayRestApi.Properties.Body.paths./users/{userId}.get', { security: [] }),
    rule: 'authorization',
    at: 'ApiGatewayRestApi Properties.Body.paths./users/{userId}.get.security',
  },
  'a route that asks nobody who they are': {
    service: 'friends',
    breaks: set('HttpApiRoutePostFriends', { AuthorizationType: undefined }),
    rule: 'authorization',
    at: 'HttpApiRoutePostFriends Properties.AuthorizationType',
  },
  'a REST API without a stage': {
    breaks: put('Resources', { ApiGatewayStage: undefined }),
    rule: 'stage',
    at: 'ApiGatewayRestApi',
  },
  'an HTTP API without a stage': {
    service: 'friends',
    breaks: put('Resources', { HttpApiStage: undefined }),
    rule: 'stage',
    at: 'HttpApi',
  },
  'an import that any warning fails': {
    service: 'users-async',
    breaks: set('ApiGatewayRestApi', { FailOnWarnings: true }),
    rule: 'import-warnings',
    at: 'ApiGatewayRestApi Properties.FailOnWarnings',
  },
  'a stage of a REST API without limits': {
    breaks: set('ApiGatewayStage', { MethodSettings: [] }),
    rule: 'throttling',
    at: 'ApiGatewayStage Properties',
  },
  'a stage of an HTTP API without limits': {
    service: 'friends',
    breaks: set('HttpApiStage', { DefaultRouteSettings: {} }),
    rule: 'throttling',
    at: 'HttpApiStage Properties',
  },
  'an API that the domain does not lead to': {
    breaks: put('Resources', { ApiMapping: undefined }),
    rule: 'domain',
    at: 'ApiGatewayRestApi',
  },
  'a default endpoint that is closed although the options leave it open': {
    breaks: set('ApiGatewayRestApi', { DisableExecuteApiEndpoint: true }),
    rule: 'default-endpoint',
    at: 'ApiGatewayRestApi Properties.DisableExecuteApiEndpoint',
  },
  'a log group that does not say what happens to it': {
    breaks: change('ProductsLogGroup', { DeletionPolicy: undefined }),
    rule: 'I3011',
    at: 'ProductsLogGroup',
  },
  'an API under the name of another': {
    breaks: set('ApiMapping', { ApiMappingKey: 'tasks' }),
    rule: 'domain',
    at: 'ApiGatewayRestApi',
  },
  'a header of a gateway response that pages cannot read': {
    breaks: put('Resources.GatewayResponseThrottled.Properties.ResponseParameters', {
      'gatewayresponse.header.Access-Control-Expose-Headers': undefined,
    }),
    rule: 'exposed-header',
    at: 'GatewayResponseThrottled Properties',
  },
  'a header of a method that pages cannot read': {
    breaks: put(
      'Resources.ApiGatewayMethodProductsOptions.Properties.Integration.IntegrationResponses.0.ResponseParameters',
      {
        'method.response.header.X-Total': "'1'",
        'method.response.header.Access-Control-Expose-Headers': "'X-Total-Count'",
      },
    ),
    rule: 'exposed-header',
    at: 'ApiGatewayMethodProductsOptions Properties.Integration.IntegrationResponses.0',
  },
  'a header of an imported API that pages cannot read': {
    service: 'users-async',
    breaks: put(`${getStatus}.responses.200.responseParameters`, {
      'method.response.header.Access-Control-Expose-Headers': undefined,
    }),
    rule: 'exposed-header',
    at: 'ApiGatewayRestApi Properties.Body.paths./status/{messageId}.get.x-amazon-apigateway-integration.responses.200',
  },
  'a header of an HTTP API that pages cannot read': {
    service: 'friends',
    breaks: set('HttpApi', { CorsConfiguration: { ExposeHeaders: ['ETag'] } }),
    rule: 'exposed-header',
    at: 'HttpApi Properties.CorsConfiguration.ExposeHeaders',
  },
  'an API before its web ACL': { breaks: put('Resources', { WebAclAssociation: undefined }), rule: 'web-acl', at: '' },
};

/** Sets properties of a resource; those that are undefined go. */
function set(logicalId: string, values: Values): Edit {
  return put(`Resources.${logicalId}.Properties`, values);
}

/** Sets what a resource has beside its properties. */
function change(logicalId: string, values: Values): Edit {
  return put(`Resources.${logicalId}`, values);
}

function put(path: string, values: Values): Edit {
  return (template) => {
    const target = path === '' ? template : path.split('.').reduce(step, template);
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) Reflect.deleteProperty(target, name);
      else Reflect.set(target, name, value);
    }
  };
}

function step(value: object, key: string): object {
  const next: unknown = Reflect.get(value, key);
  if (typeof next !== 'object' || next === null) throw new Error(`There is no ${key}.`);
  return next;
}

function many(count: number, value: object): Values {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`Added${index}`, value]));
}
