import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { generatedName } from '../core/generated-name.ts';
import { regionNames } from '../core/region-names.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import { policyProperty } from '../iam/policy-property.ts';
import { type AskForConfirmation, setSubscriptionAttributes, subscribe } from './manage-subscriptions.ts';
import { createTopic, setTopicAttributes } from './manage-topics.ts';
import { checkRegion } from './sns-action.ts';
import type { Subscription, Topic, TopicStore } from './topic-store.ts';

const topicProperties = z.strictObject({
  TopicName: property.string().optional(),
  DisplayName: property.string().optional(),
  FifoTopic: property.boolean().optional(),
  ContentBasedDeduplication: property.boolean().optional(),
  FifoThroughputScope: z.enum(['MessageGroup', 'Topic']).optional(),
  Subscription: z.array(z.strictObject({ Protocol: z.string(), Endpoint: property.string() })).optional(),
  Tags: property.tags().optional(),
  DeliveryStatusLogging: property.inert(),
  KmsMasterKeyId: property.string().optional(),
  SignatureVersion: property.inert(),
  TracingConfig: property.inert(),
});
type TopicProperties = z.infer<typeof topicProperties>;

const subscriptionProperties = z.strictObject({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: property.string().optional(),
  DeliveryPolicy: property.kept(property.json().optional()),
  FilterPolicy: property.json().optional(),
  FilterPolicyScope: z.enum(['MessageAttributes', 'MessageBody']).optional(),
  RawMessageDelivery: property.boolean().optional(),
  RedrivePolicy: property.json().optional(),
  Region: z.enum(regionNames, 'is not a region').optional(),
  SubscriptionRoleArn: property.inert(),
});
type SubscriptionProperties = z.infer<typeof subscriptionProperties>;

/** AWS::SNS::Topic, Subscription, TopicPolicy and TopicInlinePolicy. */
export function topicResources(topics: TopicStore, askForConfirmation: AskForConfirmation): readonly ResourceType[] {
  const setPolicy = (arn: string, policy: string): void => {
    const topic = topics.findTopic(arn);
    if (topic !== undefined) setTopicAttributes(topics, topic, { Policy: policy });
  };
  return [
    topicResource(topics, askForConfirmation),
    defineResource({
      type: 'AWS::SNS::Subscription',
      properties: subscriptionProperties,
      replaceOn: ['TopicArn', 'Protocol', 'Endpoint'],
      // A subscription is where its topic is.
      regionOf: ({ Region }) => Region,
      create(properties, context) {
        const { TopicArn, Protocol: protocol, Endpoint: endpoint = '', Region = context.region } = properties;
        checkRegion({ TopicArn }, Region);
        const attributes = subscriptionAttributes(properties);
        const { arn } = subscribe(topics, askForConfirmation, TopicArn, { protocol, endpoint, attributes });
        return { physicalId: arn, attributes: { Arn: arn } };
      },
      update(properties, { state }) {
        const subscription = topics.subscription(state.physicalId);
        setSubscriptionAttributes(topics, subscription, subscriptionAttributes(properties));
        return state;
      },
      delete: ({ physicalId }) => topics.unsubscribe(physicalId),
    }),
    defineResource({
      type: 'AWS::SNS::TopicPolicy',
      properties: z.strictObject({ Topics: z.array(z.string()), PolicyDocument: policyProperty('resource') }),
      replaceOn: [],
      create({ Topics, PolicyDocument }, context) {
        for (const arn of Topics) setPolicy(arn, asText(PolicyDocument));
        return { physicalId: generatedName(context, 80), attributes: {} };
      },
      update({ Topics, PolicyDocument }, { properties: previous, state }) {
        for (const arn of previous.Topics.filter((old) => !Topics.includes(old))) setPolicy(arn, '');
        for (const arn of Topics) setPolicy(arn, asText(PolicyDocument));
        return state;
      },
      delete(_state, { Topics }) {
        for (const arn of Topics) setPolicy(arn, '');
      },
    }),
    defineResource({
      type: 'AWS::SNS::TopicInlinePolicy',
      properties: z.strictObject({ TopicArn: z.string(), PolicyDocument: policyProperty('resource') }),
      replaceOn: ['TopicArn'],
      create({ TopicArn, PolicyDocument }) {
        setPolicy(TopicArn, asText(PolicyDocument));
        return { physicalId: TopicArn, attributes: {} };
      },
      update({ TopicArn, PolicyDocument }, { state }) {
        setPolicy(TopicArn, asText(PolicyDocument));
        return state;
      },
      delete: ({ physicalId }) => setPolicy(physicalId, ''),
    }),
  ];
}

function topicResource(topics: TopicStore, askForConfirmation: AskForConfirmation): ResourceType {
  const stateOf = ({ arn, name }: Topic) => ({ physicalId: arn, attributes: { TopicArn: arn, TopicName: name } });
  const add = (topic: Topic, { Subscription = [] }: TopicProperties): void => {
    for (const { Protocol: protocol, Endpoint: endpoint } of Subscription) {
      subscribe(topics, askForConfirmation, topic.arn, { protocol, endpoint, attributes: {} });
    }
  };
  return defineResource({
    type: 'AWS::SNS::Topic',
    properties: topicProperties,
    replaceOn: ['TopicName', 'FifoTopic'],
    create(properties, context) {
      const isFifo = properties.FifoTopic === true;
      const name =
        properties.TopicName ?? (isFifo ? `${generatedName(context, 251)}.fifo` : generatedName(context, 256));
      if (topics.topicNamed(name) !== undefined) {
        throw new AwsError('AlreadyExists', `${name} already exists`);
      }
      const attributes = { ...topicAttributes(properties), ...(isFifo ? { FifoTopic: 'true' } : {}) };
      const topic = createTopic(topics, name, context.region, attributes, resourceTags(context.tags, properties.Tags));
      try {
        add(topic, properties);
      } catch (error) {
        topics.deleteTopic(topic.arn);
        throw error;
      }
      return stateOf(topic);
    },
    update(properties, { properties: previous, state }, context) {
      const topic = topics.topic(state.physicalId);
      const dropped = Object.keys(topicAttributes(previous)).map((name) => [name, ''] as const);
      setTopicAttributes(topics, topic, { ...Object.fromEntries(dropped), ...topicAttributes(properties) });
      topic.tags = resourceTags(context.tags, properties.Tags);
      const isKept = ({ protocol, endpoint }: Subscription): boolean =>
        (properties.Subscription ?? []).some(
          ({ Protocol, Endpoint }) => Protocol === protocol && Endpoint === endpoint,
        );
      const wasOurs = ({ protocol, endpoint }: Subscription): boolean =>
        (previous.Subscription ?? []).some(({ Protocol, Endpoint }) => Protocol === protocol && Endpoint === endpoint);
      const present = topics.subscriptionsOf(topic.arn).filter(wasOurs);
      for (const subscription of present) if (!isKept(subscription)) topics.unsubscribe(subscription.arn);
      const isNew = (wanted: { Protocol: string; Endpoint: string }): boolean =>
        !present.some(({ protocol, endpoint }) => protocol === wanted.Protocol && endpoint === wanted.Endpoint);
      add(topic, { ...properties, Subscription: (properties.Subscription ?? []).filter(isNew) });
      topics.changed(topic);
      return stateOf(topic);
    },
    delete: ({ physicalId }) => topics.deleteTopic(physicalId),
  });
}

function topicAttributes(properties: TopicProperties): Record<string, string> {
  const { DisplayName, ContentBasedDeduplication, FifoThroughputScope, KmsMasterKeyId } = properties;
  return texts({ DisplayName, ContentBasedDeduplication, FifoThroughputScope, KmsMasterKeyId });
}

function subscriptionAttributes(properties: SubscriptionProperties): Record<string, string> {
  const { DeliveryPolicy, FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy } = properties;
  return texts({ DeliveryPolicy, FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy });
}

function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, asText(value)]])),
  );
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
