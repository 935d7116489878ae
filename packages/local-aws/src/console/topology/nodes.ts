import { isCustomType } from '../../cloudformation/resource-types.ts';
import { arn } from '../../core/arn.ts';
import { functionUrlId } from '../../core/function-url-id.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { objectsOf } from '../../iam/permission.ts';
import type { NodeKind, TopologyNode } from '../api-types.ts';
import { type Deployed, type DeployedResource, type DeployedStack, stackLabel, textOf } from './deployed.ts';

type Part = Pick<TopologyNode, 'id' | 'kind' | 'name' | 'physicalId'> &
  Partial<Pick<TopologyNode, 'parentId' | 'details'>>;
type Describe = (resource: DeployedResource, stack: DeployedStack, deployed: Deployed) => Part[];

/** The nodes of a stack, in the order of its resources. */
export function nodesOf(stack: DeployedStack, deployed: Deployed): TopologyNode[] {
  return stack.resources.flatMap((resource) => {
    if (resource.physicalId === '') return [];
    return (describerOf(resource.type)?.(resource, stack, deployed) ?? []).map((part) => ({
      parentId: null,
      details: {},
      ...part,
      region: stack.region,
      stack: stackLabel(stack),
      logicalId: resource.logicalId,
    }));
  });
}

function describerOf(type: string): Describe | undefined {
  if (isCustomType(type)) return describeCustom;
  return Object.hasOwn(describers, type) ? describers[type] : undefined;
}

const describeCustom: Describe = ({ logicalId, type, physicalId, properties }, { id }) => [
  {
    ...named('custom-resource', `${id}/${logicalId}`, logicalId),
    physicalId,
    details: { type, provider: properties.ServiceToken },
  },
];

const describers: Readonly<Record<string, Describe>> = {
  'AWS::ApiGateway::RestApi': (resource, { region }, deployed) =>
    describeApi(
      apiNodeId(region, 'restapis', resource.physicalId),
      resource.physicalId,
      textOf(resource.properties.Name),
      deployed,
    ),
  'AWS::ApiGatewayV2::Api': (resource, { region }, deployed) =>
    describeApi(
      apiNodeId(region, 'apis', resource.physicalId),
      resource.physicalId,
      textOf(resource.properties.Name),
      deployed,
    ),
  'AWS::Lambda::Url': ({ physicalId: functionArn }, _stack, deployed) =>
    describeApi(`${functionArn}/url`, functionUrlId(functionArn), `${functionNameOf(functionArn)} URL`, deployed),
  'AWS::Lambda::Function': ({ physicalId, attributes, properties }) => [
    {
      ...named('function', textOf(attributes.Arn), physicalId),
      details: {
        handler: properties.Handler,
        runtime: properties.Runtime,
        memorySize: properties.MemorySize,
        timeout: properties.Timeout,
        roleArn: properties.Role,
      },
    },
  ],
  'AWS::DynamoDB::Table': ({ physicalId, attributes, properties }) => {
    const tableArn = textOf(attributes.Arn);
    const streamArn = textOf(attributes.StreamArn);
    const { KeySchema, TimeToLiveSpecification, StreamSpecification } = properties;
    const table: Part = {
      ...named('table', tableArn, physicalId),
      details: { keySchema: KeySchema, timeToLive: TimeToLiveSpecification, streamArn },
    };
    if (streamArn === '') return [table];
    const stream: Part = {
      ...named('stream', streamArn, `${physicalId} stream`),
      physicalId: streamArn,
      parentId: tableArn,
      details: { specification: StreamSpecification },
    };
    return [table, stream];
  },
  'AWS::SQS::Queue': ({ attributes, physicalId, properties }, _stack, { stacks }) => {
    const queueArn = textOf(attributes.Arn);
    const kind = isDeadLetterQueue(queueArn, stacks) ? 'dead-letter-queue' : 'queue';
    return [
      {
        ...named(kind, queueArn, textOf(attributes.QueueName)),
        details: { url: physicalId, redrivePolicy: properties.RedrivePolicy, isFifo: queueArn.endsWith('.fifo') },
      },
    ];
  },
  'AWS::SNS::Topic': ({ physicalId, attributes }, _stack, { subscriptionsOf }) => [
    named('topic', physicalId, textOf(attributes.TopicName)),
    ...subscriptionsOf(physicalId).map(
      ({ arn: subscriptionArn, protocol, endpoint, attributes: { FilterPolicy }, token }): Part => ({
        ...named('subscription', subscriptionArn, `${protocol} ${endpoint.split(':').at(-1)}`),
        physicalId: subscriptionArn,
        parentId: physicalId,
        details: { protocol, endpoint, filterPolicy: FilterPolicy, isConfirmed: token === undefined },
      }),
    ),
  ],
  'AWS::Lambda::EventSourceMapping': ({ physicalId, properties }, { region }) => [
    {
      ...named('mapping', arn('lambda', region, `event-source-mapping:${physicalId}`), physicalId),
      name: `${functionNameOf(textOf(properties.FunctionName))} mapping`,
      details: {
        source: properties.EventSourceArn,
        functionName: functionNameOf(textOf(properties.FunctionName)),
        batchSize: properties.BatchSize,
        patterns: patternsOf(properties.FilterCriteria),
      },
    },
  ],
  'AWS::Pipes::Pipe': ({ physicalId, attributes, properties }) => [
    {
      ...named('pipe', textOf(attributes.Arn), physicalId),
      details: {
        source: properties.Source,
        enrichment: properties.Enrichment,
        target: properties.Target,
        roleArn: properties.RoleArn,
      },
    },
  ],
  'AWS::Events::EventBus': ({ attributes, physicalId }) => [named('bus', textOf(attributes.Arn), physicalId)],
  'AWS::Events::Rule': (resource, { region }) => [describeRule(resource, region)],
  'AWS::Scheduler::Schedule': ({ physicalId, attributes, properties }) => [
    {
      ...named('schedule', textOf(attributes.Arn), physicalId),
      details: {
        schedule: properties.ScheduleExpression,
        timeZone: properties.ScheduleExpressionTimezone,
        flexibleTimeWindow: properties.FlexibleTimeWindow,
        state: properties.State,
        targets: [memberOf(properties.Target, 'Arn')],
        roleArn: memberOf(properties.Target, 'RoleArn'),
      },
    },
  ],
  'AWS::S3::Bucket': ({ physicalId, properties }) => [
    {
      ...named('bucket', `arn:aws:s3:::${physicalId}`, physicalId),
      details: { notifies: notifiedBy(properties.NotificationConfiguration) },
    },
  ],
  'AWS::CloudWatch::Alarm': ({ physicalId, attributes, properties }) => [
    {
      ...named('alarm', textOf(attributes.Arn), physicalId),
      details: {
        namespace: properties.Namespace,
        metricName: properties.MetricName,
        dimensions: properties.Dimensions,
        actions: properties.AlarmActions,
      },
    },
  ],
  'AWS::CloudWatch::CompositeAlarm': ({ physicalId, attributes, properties }) => [
    {
      ...named('alarm', textOf(attributes.Arn), physicalId),
      details: { rule: properties.AlarmRule, actions: properties.AlarmActions },
    },
  ],
  'AWS::CloudWatch::Dashboard': ({ physicalId }) => [
    named('dashboard', arn('cloudwatch', '', `dashboard/${physicalId}`), physicalId),
  ],
};

function named(kind: NodeKind, id: string, name: string): Part {
  return { id, kind, name, physicalId: name };
}

/** A rule with a pattern belongs to its bus; one with a schedule alone is a schedule. */
function describeRule({ physicalId, attributes, properties }: DeployedResource, region: string): Part {
  const { EventPattern, EventBusName, ScheduleExpression, State, Targets } = properties;
  const kind = EventPattern === undefined ? 'schedule' : 'rule';
  const bus = textOf(EventBusName) || 'default';
  return {
    ...named(kind, textOf(attributes.Arn), physicalId.split('|').at(-1) ?? physicalId),
    details: {
      pattern: EventPattern,
      schedule: ScheduleExpression,
      state: State,
      bus: bus.startsWith('arn:') ? bus : arn('events', region, `event-bus/${bus}`),
      targets: (Array.isArray(Targets) ? Targets : []).map((target) => memberOf(target, 'Arn')),
    },
  };
}

function describeApi(id: string, apiId: string, name: string, { routesOf, urlOf }: Deployed): Part[] {
  const api: Part = { ...named('api', id, name || apiId), physicalId: apiId, details: { url: urlOf(apiId) ?? '' } };
  const routes = routesOf(apiId).map(
    ({ method, path, authorization, integration }): Part => ({
      ...named('route', routeNodeId(id, method, path), `${method} ${path}`),
      parentId: id,
      details: { method, path, authorization, integration },
    }),
  );
  return [api, ...routes];
}

function apiNodeId(region: string, collection: string, apiId: string): string {
  return `arn:aws:apigateway:${region}::/${collection}/${apiId}`;
}

export function routeNodeId(apiNode: string, method: string, path: string): string {
  return `${apiNode}/${method}${path}`;
}

function functionNameOf(nameOrArn: string): string {
  return nameOrArn.split(':function:').at(-1)?.split(':')[0] ?? nameOrArn;
}

function isDeadLetterQueue(queueArn: string, stacks: readonly DeployedStack[]): boolean {
  return stacks.some(({ resources }) =>
    resources.some(({ properties }) => deadLetterTargets(properties).includes(queueArn)),
  );
}

/** The queues and topics that get what a resource gave up on. */
export function deadLetterTargets(properties: DeployedResource['properties']): string[] {
  const { RedrivePolicy, DeadLetterConfig, DestinationConfig, SourceParameters, Target, Targets } = properties;
  const stream = isJsonObject(SourceParameters) ? SourceParameters.DynamoDBStreamParameters : undefined;
  return [
    memberOf(RedrivePolicy, 'deadLetterTargetArn'),
    memberOf(DeadLetterConfig, 'TargetArn'),
    memberOf(isJsonObject(DestinationConfig) ? DestinationConfig.OnFailure : undefined, 'Destination'),
    memberOf(isJsonObject(stream) ? stream.DeadLetterConfig : undefined, 'Arn'),
    ...[Target ?? null, Targets ?? null]
      .flat()
      .map((target) => memberOf(isJsonObject(target) ? target.DeadLetterConfig : undefined, 'Arn')),
  ].filter((target) => target !== '');
}

function memberOf(value: unknown, name: string): string {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === 'string' ? member : '';
}

function patternsOf(criteria: unknown): string[] {
  const filters: unknown = typeof criteria === 'object' && criteria !== null ? Reflect.get(criteria, 'Filters') : [];
  return Array.isArray(filters) ? filters.map((filter) => memberOf(filter, 'Pattern')) : [];
}

/** The functions, queues and topics that a bucket notifies of changes. */
function notifiedBy(configuration: JsonValue | undefined): string[] {
  if (!isJsonObject(configuration)) return [];
  return Object.values(configuration)
    .flatMap(objectsOf)
    .flatMap(({ Function: functionArn, Queue, Topic }) => [functionArn, Queue, Topic])
    .filter((target) => typeof target === 'string');
}
