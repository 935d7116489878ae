import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceContext, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import { policyProperty } from '../iam/policy-property.ts';
import { createQueue, setQueueAttributes } from './manage-queues.ts';
import type { Queue } from './queue.ts';
import { defaultAttributes, type QueueAttributes } from './queue-attributes.ts';
import type { QueueStore } from './queue-store.ts';

const attributeProperties = {
  ContentBasedDeduplication: property.boolean().optional(),
  DeduplicationScope: property.string().optional(),
  DelaySeconds: property.integer().optional(),
  FifoQueue: property.boolean().optional(),
  FifoThroughputLimit: property.string().optional(),
  KmsDataKeyReusePeriodSeconds: property.kept(property.integer().optional()),
  KmsMasterKeyId: property.string().optional(),
  MaximumMessageSize: property.integer().optional(),
  MessageRetentionPeriod: property.integer().optional(),
  ReceiveMessageWaitTimeSeconds: property.integer().optional(),
  RedriveAllowPolicy: property.json().optional(),
  RedrivePolicy: property.json().optional(),
  SqsManagedSseEnabled: property.kept(property.boolean().optional()),
  VisibilityTimeout: property.integer().optional(),
};

/** What the attribute of a removed property becomes where that is not the attribute's default. */
const resetByCloudFormation: QueueAttributes = { MaximumMessageSize: '262144' };

/** The attributes of these properties stay as they are when the property is removed from the template. */
const keptByCloudFormation = new Set(['DeduplicationScope', 'FifoThroughputLimit']);

const queueProperties = z.strictObject({
  QueueName: property.string().optional(),
  Tags: property.tags().optional(),
  ...attributeProperties,
});
type QueueProperties = z.infer<typeof queueProperties>;

/** AWS::SQS::Queue, QueuePolicy and QueueInlinePolicy. */
export function queueResources(store: QueueStore): readonly ResourceType[] {
  const find = (url: string): Queue | undefined => {
    try {
      return store.byUrl(url);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'QueueDoesNotExist') return undefined;
      throw error;
    }
  };
  const stateOf = (queue: Queue) => {
    const url = store.urlOf(queue);
    const { arn, name } = queue.identity;
    return { physicalId: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  };
  const setPolicy = (url: string, policy: string): void => {
    const queue = find(url);
    if (queue !== undefined) setQueueAttributes(store, queue, { Policy: policy });
  };

  return [
    defineResource({
      type: 'AWS::SQS::Queue',
      properties: queueProperties,
      replaceOn: ['QueueName', 'FifoQueue'],
      create(properties, context) {
        const name = nameOf(properties, context);
        if (store.byName(name) !== undefined) throw new AwsError('AlreadyExists', `${name} already exists`);
        return stateOf(
          createQueue(
            store,
            name,
            context.region,
            attributesOf(properties),
            resourceTags(context.tags, properties.Tags),
          ),
        );
      },
      update(properties, { properties: previous, state }, context) {
        const queue = store.byUrl(state.physicalId);
        const attributes = attributesOf(properties);
        const defaults = { ...defaultAttributes(attributes), ...resetByCloudFormation };
        const dropped = Object.keys(attributesOf(previous)).filter(
          (name) => attributes[name] === undefined && !keptByCloudFormation.has(name),
        );
        const reset = Object.fromEntries(dropped.map((name) => [name, defaults[name] ?? '']));
        setQueueAttributes(store, queue, { ...reset, ...attributes });
        const tags = resourceTags(context.tags, properties.Tags);
        store.removeTags(
          queue,
          [...queue.tags.keys()].filter((key) => tags[key] === undefined),
        );
        store.setTags(queue, tags);
        return stateOf(queue);
      },
      delete({ physicalId }) {
        const queue = find(physicalId);
        if (queue !== undefined) store.delete(queue);
      },
    }),
    policyResource('AWS::SQS::QueuePolicy', z.array(z.string()), (queues) => queues, setPolicy),
    policyResource('AWS::SQS::QueueInlinePolicy', z.string(), (queue) => [queue], setPolicy),
  ];
}

function policyResource<Q>(
  type: string,
  queue: z.ZodType<Q>,
  urlsOf: (queue: Q) => readonly string[],
  setPolicy: (url: string, policy: string) => void,
): ResourceType {
  const field = type.endsWith('InlinePolicy') ? 'Queue' : 'Queues';
  const properties = z
    .strictObject({ [field]: queue, PolicyDocument: policyProperty('resource') })
    .transform((parsed) => ({
      urls: urlsOf(queue.parse(parsed[field])),
      policy: asText(parsed.PolicyDocument),
    }));
  return defineResource({
    type,
    properties,
    replaceOn: [],
    create({ urls, policy }, context) {
      for (const url of urls) setPolicy(url, policy);
      return { physicalId: generatedName(context, 80), attributes: {} };
    },
    update({ urls, policy }, { properties: previous, state }) {
      for (const url of previous.urls.filter((old) => !urls.includes(old))) setPolicy(url, '');
      for (const url of urls) setPolicy(url, policy);
      return state;
    },
    delete(_state, { urls }) {
      for (const url of urls) setPolicy(url, '');
    },
  });
}

function nameOf({ QueueName, FifoQueue }: QueueProperties, context: ResourceContext): string {
  if (QueueName !== undefined) return QueueName;
  return FifoQueue === true ? `${generatedName(context, 75)}.fifo` : generatedName(context, 80);
}

function attributesOf(properties: QueueProperties): QueueAttributes {
  const { QueueName: _name, Tags: _tags, FifoQueue, ...attributes } = properties;
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, asText(value)] as const],
  );
  // The API knows FifoQueue as `true` or not at all.
  return { ...Object.fromEntries(entries), ...(FifoQueue === true ? { FifoQueue: 'true' } : {}) };
}

/** Policies may be written as objects or as JSON text. */
function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
