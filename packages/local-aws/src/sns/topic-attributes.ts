import { accountId, parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import { invalid } from './sns-action.ts';
import { compileSubscriptionFilter } from './subscription-filter.ts';
import type { Subscription, Topic, TopicStore } from './topic-store.ts';

type Attributes = Readonly<Record<string, string>>;

const settableOfTopic = new Set([
  'ContentBasedDeduplication',
  'DeliveryPolicy',
  'DisplayName',
  'FifoThroughputScope',
  'KmsMasterKeyId',
  'Policy',
  'SignatureVersion',
  'TracingConfig',
]);
const settableOfSubscription = new Set([
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'SubscriptionRoleArn',
]);

/** @throws AwsError InvalidParameter */
export function checkTopicAttributes(attributes: Attributes): void {
  const unknown = Object.keys(attributes).find((name) => !settableOfTopic.has(name));
  if (unknown !== undefined) throw invalid(`AttributeName: ${unknown}`);
}

/**
 * Reads the attributes of a subscription: `RawMessageDelivery` may have capital letters.
 *
 * @param endpoint of the subscriber
 * @throws AwsError InvalidParameter
 */
export function readSubscriptionAttributes(input: Attributes, endpoint: string): Attributes {
  const unknown = Object.keys(input).find((name) => !settableOfSubscription.has(name));
  if (unknown !== undefined) throw invalid(`AttributeName: ${unknown}`);
  const { RawMessageDelivery, ...others } = input;
  const raw = RawMessageDelivery?.toLowerCase();
  if (raw !== undefined && raw !== 'true' && raw !== 'false') {
    throw invalid(`RawMessageDelivery: Invalid value [${RawMessageDelivery}]. Must be true or false.`);
  }
  checkRedrivePolicy(others.RedrivePolicy, endpoint);
  compileSubscriptionFilter(others);
  return raw === undefined ? others : { ...others, RawMessageDelivery: raw };
}

function checkRedrivePolicy(policy: string | undefined, endpoint: string): void {
  if (policy === undefined || policy === '') return;
  const parsed = parseJson(policy);
  if (parsed === undefined || !isJsonObject(parsed)) throw invalid('RedrivePolicy: failed to parse JSON.');
  const { deadLetterTargetArn: target } = parsed;
  if (typeof target !== 'string' || parseArn(target)?.service !== 'sqs') {
    throw invalid('RedrivePolicy: deadLetterTargetArn is an invalid arn');
  }
  if (endpoint.endsWith('.fifo') && !target.endsWith('.fifo')) {
    throw invalid('RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.');
  }
}

export function describeTopic(topic: Topic, topics: TopicStore): Map<string, string> {
  const { confirmed, pending } = topics.countSubscriptions(topic.arn);
  return new Map(
    Object.entries({
      DisplayName: '',
      EffectiveDeliveryPolicy: JSON.stringify(defaultDeliveryPolicy),
      ...topic.attributes,
      Policy: policyOfTopic(topic),
      Owner: accountId,
      SubscriptionsConfirmed: String(confirmed),
      SubscriptionsDeleted: '0',
      SubscriptionsPending: String(pending),
      TopicArn: topic.arn,
    }),
  );
}

export function describeSubscription(subscription: Subscription): Map<string, string> {
  const { arn, topicArn, protocol, endpoint, token } = subscription;
  // A scope without a policy is not shown.
  const { FilterPolicyScope = 'MessageAttributes', ...attributes } = subscription.attributes;
  return new Map(
    Object.entries({
      RawMessageDelivery: 'false',
      ...attributes,
      ...(attributes.FilterPolicy === undefined ? {} : { FilterPolicyScope }),
      ConfirmationWasAuthenticated: String(token === undefined),
      Endpoint: endpoint,
      Owner: accountId,
      PendingConfirmation: String(token !== undefined),
      Protocol: protocol,
      SubscriptionArn: arn,
      SubscriptionPrincipal: `arn:aws:iam::${accountId}:root`,
      TopicArn: topicArn,
    }),
  );
}

export function checkTopicName(name: string, attributes: Attributes): void {
  const isFifo = attributes.FifoTopic === 'true';
  if (!/^[\w-]{1,256}$|^[\w-]{1,251}\.fifo$/.test(name) || name.endsWith('.fifo') !== isFifo) {
    throw invalid('Topic Name');
  }
}

export function checkProtocol(protocol: string): void {
  if (['email', 'email-json', 'http', 'https', 'lambda', 'sqs'].includes(protocol)) return;
  if (['application', 'firehose', 'sms'].includes(protocol)) {
    throw new AwsError(
      'InvalidParameter',
      `The local endpoint does not deliver to ${protocol}. See the support matrix of local-aws.`,
    );
  }
  throw invalid(`Amazon SNS does not support this protocol string: ${protocol}`);
}

const defaultDeliveryPolicy = {
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
};

/** A topic without a policy has a default one that lets its account use it. */
export function policyOfTopic({ arn, attributes }: Topic): string {
  return attributes.Policy || JSON.stringify(defaultPolicy(arn));
}

function defaultPolicy(topicArn: string): object {
  const actions = ['Publish', 'RemovePermission', 'SetTopicAttributes', 'DeleteTopic', 'ListSubscriptionsByTopic'];
  return {
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Effect: 'Allow',
        Sid: '__default_statement_ID',
        Principal: { AWS: '*' },
        Action: [...actions, 'GetTopicAttributes', 'AddPermission', 'Subscribe'].map((action) => `SNS:${action}`),
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  };
}
