import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { parseJson } from '../core/parse-json.ts';
import { invalidValue } from './sqs-error.ts';

/** As on the wire: every value is text. */
export type QueueAttributes = Readonly<Record<string, string>>;

export const maxMessageBytes = 1024 * 1024;

const numbers = {
  DelaySeconds: { default: 0, min: 0, max: 900 },
  MaximumMessageSize: { default: maxMessageBytes, min: 1024, max: maxMessageBytes },
  MessageRetentionPeriod: { default: 345_600, min: 60, max: 1_209_600 },
  ReceiveMessageWaitTimeSeconds: { default: 0, min: 0, max: 20 },
  VisibilityTimeout: { default: 30, min: 0, max: 43_200 },
} as const;

export type NumberAttribute = keyof typeof numbers;

const settable = new Set([
  ...Object.keys(numbers),
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'Policy',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
]);

/** Those that can be read and not set. */
const tellingAttributes = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
] as const;

export function isAttributeName(name: string): boolean {
  return name === 'All' || settable.has(name) || tellingAttributes.some((telling) => telling === name);
}

export function numberAttribute(attributes: QueueAttributes, name: NumberAttribute): number {
  return Number(attributes[name] ?? numbers[name].default);
}

export function isFifo(attributes: QueueAttributes): boolean {
  return attributes.FifoQueue === 'true';
}

/** What a new queue has besides what it is given. */
export function defaultAttributes(attributes: QueueAttributes): QueueAttributes {
  return {
    ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value.default)])),
    SqsManagedSseEnabled: attributes.KmsMasterKeyId ? 'false' : 'true',
    ...(isFifo(attributes)
      ? { ContentBasedDeduplication: 'false', DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue' }
      : {}),
  };
}

const booleans = new Set(['ContentBasedDeduplication', 'FifoQueue', 'SqsManagedSseEnabled']);

/**
 * Reads the attributes of a call: booleans may have capital letters.
 *
 * @throws AwsError for a name that does not exist or a value out of its bounds
 */
export function readAttributes(input: QueueAttributes): QueueAttributes {
  const attributes = Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, booleans.has(name) ? value.toLowerCase() : value]),
  );
  for (const [name, value] of Object.entries(attributes)) {
    if (!settable.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    if (!isValid(name, value)) throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
  if (attributes.KmsMasterKeyId && attributes.SqsManagedSseEnabled === 'true') {
    throw new AwsError(
      'InvalidAttributeName',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  }
  return attributes;
}

/** @throws AwsError for attributes that only FIFO queues have */
export function checkForStandardQueue(attributes: QueueAttributes): void {
  for (const name of ['FifoQueue', 'ContentBasedDeduplication']) {
    if (attributes[name] !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  for (const name of ['DeduplicationScope', 'FifoThroughputLimit']) {
    if (attributes[name] === undefined) continue;
    throw new AwsError('InvalidAttributeName', `You can specify the ${name} only when FifoQueue is set to true.`);
  }
}

/** The attributes after a change. An empty value takes one away, and each type of encryption ends the other. */
export function withChanges(current: QueueAttributes, changes: QueueAttributes): QueueAttributes {
  const isSqsManaged = changes.SqsManagedSseEnabled === 'true';
  const next: QueueAttributes = {
    ...current,
    ...changes,
    ...(changes.KmsMasterKeyId ? { SqsManagedSseEnabled: 'false' } : {}),
    ...(isSqsManaged ? { KmsMasterKeyId: '' } : {}),
  };
  return Object.fromEntries(
    Object.entries(next).filter(
      ([name, value]) => value !== '' && (name !== 'KmsDataKeyReusePeriodSeconds' || next.KmsMasterKeyId),
    ),
  );
}

function isValid(name: string, value: string): boolean {
  const bounds = Object.entries(numbers).find(([number]) => number === name)?.[1];
  if (bounds !== undefined) return /^\d+$/.test(value) && Number(value) >= bounds.min && Number(value) <= bounds.max;
  if (booleans.has(name)) return value === 'true' || value === 'false';
  switch (name) {
    case 'RedrivePolicy':
      return value === '' || redrivePolicySchema.safeParse(value).success;
    case 'RedriveAllowPolicy':
      return value === '' || redriveAllowPolicySchema.safeParse(value).success;
    case 'Policy':
      return value === '' || z.looseObject({}).safeParse(parseJson(value)).success;
    case 'DeduplicationScope':
      return value === 'queue' || value === 'messageGroup';
    case 'FifoThroughputLimit':
      return value === 'perQueue' || value === 'perMessageGroupId';
    default:
      return true;
  }
}

const text = z.string().transform((value): unknown => parseJson(value));
const redrivePolicySchema = text.pipe(
  z.object({
    deadLetterTargetArn: z.string().refine((arn) => parseArn(arn)?.service === 'sqs'),
    maxReceiveCount: z.coerce.number().int().min(1).max(1000),
  }),
);
const redriveAllowPolicySchema = text.pipe(
  z.object({
    redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']),
    sourceQueueArns: z.array(z.string()).max(10).optional(),
  }),
);

export type RedrivePolicy = z.infer<typeof redrivePolicySchema>;

const parsedPolicies = new WeakMap<QueueAttributes, RedrivePolicy | undefined>();

/** Read at every receive, so parsed once for each set of attributes. */
export function redrivePolicy(attributes: QueueAttributes): RedrivePolicy | undefined {
  if (!parsedPolicies.has(attributes)) {
    parsedPolicies.set(attributes, redrivePolicySchema.safeParse(attributes.RedrivePolicy).data);
  }
  return parsedPolicies.get(attributes);
}

/** @throws AwsError when a queue may not send its dead letters there */
export function checkDeadLetterQueue(
  source: { readonly arn: string; readonly attributes: QueueAttributes },
  target: QueueAttributes | undefined,
): void {
  const policy = source.attributes.RedrivePolicy;
  if (target === undefined) throw invalidValue(policy, 'RedrivePolicy', 'Dead letter target does not exist.');
  if (isFifo(target) !== isFifo(source.attributes)) {
    throw invalidValue(policy, 'RedrivePolicy', 'Dead-letter queue must be same type of queue as the source.');
  }
  const allow = redriveAllowPolicySchema.safeParse(target.RedriveAllowPolicy).data;
  const isAllowed =
    allow === undefined ||
    allow.redrivePermission === 'allowAll' ||
    (allow.redrivePermission === 'byQueue' && (allow.sourceQueueArns ?? []).includes(source.arn));
  if (!isAllowed) {
    throw invalidValue(
      policy,
      'RedrivePolicy',
      'Dead letter target does not allow this source queue to redrive to it.',
    );
  }
}
