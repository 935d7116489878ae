import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { NameQuery } from '../core/name-index.ts';
import { property } from '../core/resource-type.ts';
import type { Queue } from './queue.ts';
import {
  checkDeadLetterQueue,
  checkForStandardQueue,
  defaultAttributes,
  isAttributeName,
  type QueueAttributes,
  readAttributes,
  redrivePolicy,
  withChanges,
} from './queue-attributes.ts';
import type { QueueStore } from './queue-store.ts';
import { type SqsAction, sqsAction } from './sqs-action.ts';
import { invalidParameter, queueDoesNotExist } from './sqs-error.ts';

const inQueue = z.object({ QueueUrl: z.string() });
const texts = z.record(z.string(), z.string());

export function manageActions(store: QueueStore): Readonly<Record<string, SqsAction>> {
  return {
    CreateQueue: sqsAction(
      z.object({
        QueueName: z.string(),
        Attributes: texts.default({}),
        tags: texts.optional(),
        Tags: texts.optional(),
      }),
      ({ QueueName, Attributes, tags, Tags }, { region }) => ({
        QueueUrl: store.urlOf(createQueue(store, QueueName, region, Attributes, tags ?? Tags ?? {})),
      }),
    ),
    DeleteQueue: sqsAction(inQueue, ({ QueueUrl }) => {
      store.delete(store.byUrl(QueueUrl));
      return {};
    }),
    GetQueueUrl: sqsAction(z.object({ QueueName: z.string() }), ({ QueueName }) => {
      const queue = store.byName(QueueName);
      if (queue === undefined) throw queueDoesNotExist();
      return { QueueUrl: store.urlOf(queue) };
    }),
    ListQueues: sqsAction(
      z.object({ QueueNamePrefix: z.string().default(''), ...paging }),
      ({ QueueNamePrefix, ...page }) => {
        const { urls, ...next } = pageOfUrls(store, page, { prefix: QueueNamePrefix });
        return { ...(urls.length === 0 ? {} : { QueueUrls: urls }), ...next };
      },
    ),
    ListDeadLetterSourceQueues: sqsAction(inQueue.extend(paging), ({ QueueUrl, ...page }) => {
      const { arn } = store.byUrl(QueueUrl).identity;
      const isSource = ({ attributes }: Queue): boolean => redrivePolicy(attributes)?.deadLetterTargetArn === arn;
      const { urls, ...next } = pageOfUrls(store, page, { accepts: isSource });
      return { queueUrls: urls, ...next };
    }),
    PurgeQueue: sqsAction(inQueue, ({ QueueUrl }) => {
      const queue = store.byUrl(QueueUrl);
      if (!queue.purge()) {
        throw new AwsError(
          'PurgeQueueInProgress',
          `Only one PurgeQueue operation on ${queue.identity.name} is allowed every 60 seconds.`,
          403,
        );
      }
      return {};
    }),
    GetQueueAttributes: sqsAction(
      inQueue.extend({ AttributeNames: z.array(z.string()).default([]) }),
      ({ QueueUrl, AttributeNames }) => {
        const all = describeQueue(store.byUrl(QueueUrl));
        for (const name of AttributeNames) {
          if (!isAttributeName(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
        }
        const wanted = Object.entries(all).filter(
          ([name]) => AttributeNames.includes('All') || AttributeNames.includes(name),
        );
        return wanted.length === 0 ? {} : { Attributes: Object.fromEntries(wanted) };
      },
    ),
    SetQueueAttributes: sqsAction(inQueue.extend({ Attributes: texts }), ({ QueueUrl, Attributes }) => {
      setQueueAttributes(store, store.byUrl(QueueUrl), Attributes);
      return {};
    }),
    TagQueue: sqsAction(inQueue.extend({ Tags: texts }), ({ QueueUrl, Tags }) => {
      store.setTags(store.byUrl(QueueUrl), Tags);
      return {};
    }),
    UntagQueue: sqsAction(inQueue.extend({ TagKeys: z.array(z.string()) }), ({ QueueUrl, TagKeys }) => {
      store.removeTags(store.byUrl(QueueUrl), TagKeys);
      return {};
    }),
    ListQueueTags: sqsAction(inQueue, ({ QueueUrl }) => {
      const { tags } = store.byUrl(QueueUrl);
      return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
    }),
  };
}

/** Makes a queue, or finds the one that was made the same way before. @throws AwsError */
export function createQueue(
  store: QueueStore,
  name: string,
  region: string,
  input: QueueAttributes,
  tags: Readonly<Record<string, string>>,
): Queue {
  if (!/^[\w-]{1,80}$|^[\w-]{1,75}\.fifo$/.test(name)) {
    throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  const attributes = readAttributes(input);
  if (name.endsWith('.fifo') !== (attributes.FifoQueue === 'true')) {
    throw invalidParameter(
      name.endsWith('.fifo')
        ? 'The name of a standard queue can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'
        : 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
  }
  if (!name.endsWith('.fifo')) checkForStandardQueue(attributes);
  const existing = store.byName(name);
  if (existing !== undefined) {
    const different = Object.keys(attributes).find((key) => existing.attributes[key] !== attributes[key]);
    if (different === undefined) return existing;
    throw new AwsError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${different}`,
    );
  }
  const complete = withChanges(defaultAttributes(attributes), attributes);
  checkRedrive(store, arn('sqs', region, name), complete);
  return store.create(name, region, complete, tags);
}

/** @throws AwsError */
export function setQueueAttributes(store: QueueStore, queue: Queue, input: QueueAttributes): void {
  const attributes = readAttributes(input);
  if (!queue.isFifo) checkForStandardQueue(attributes);
  if (attributes.FifoQueue === 'false') {
    throw new AwsError(
      'InvalidAttributeValue',
      'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    );
  }
  const next = withChanges(queue.attributes, attributes);
  if (attributes.RedrivePolicy !== undefined) checkRedrive(store, queue.identity.arn, next);
  queue.setAttributes(next);
}

function checkRedrive(store: QueueStore, arn: string, attributes: QueueAttributes): void {
  const policy = redrivePolicy(attributes);
  if (policy === undefined) return;
  checkDeadLetterQueue({ arn, attributes }, store.byArn(policy.deadLetterTargetArn)?.attributes);
}

function describeQueue(queue: Queue): QueueAttributes {
  const { ready, delayed, inFlight } = queue.counts();
  return {
    ...queue.attributes,
    ApproximateNumberOfMessages: String(ready),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    CreatedTimestamp: String(Math.floor(queue.identity.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    QueueArn: queue.identity.arn,
  };
}

const paging = { MaxResults: property.integer().optional(), NextToken: z.string().optional() };
type Page = { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined };

function pageOfUrls(
  store: QueueStore,
  { MaxResults = 1000, NextToken }: Page,
  selection: Pick<NameQuery<Queue>, 'prefix' | 'accepts'>,
): { urls: string[]; NextToken?: string } {
  const after = NextToken === undefined ? undefined : Buffer.from(NextToken, 'base64').toString();
  const { items, last } = store.page({ ...selection, after, size: MaxResults });
  return {
    urls: items.map((queue) => store.urlOf(queue)),
    ...(last === undefined ? {} : { NextToken: Buffer.from(last).toString('base64') }),
  };
}
