import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { type LogGroup, type LogStore, type LogStream, logGroupArn } from './log-store.ts';
import { groupName, inputOf, limit } from './logs-input.ts';
import { retentionDays } from './retention.ts';

const tags = z.record(z.string(), z.string());
const group = z.object(groupName);
const stream = z.object({ ...groupName, logStreamName: z.string().regex(/^[^:*]{1,512}$/) });
const resource = z.object({ resourceArn: z.string() });

/** Everything about groups and streams but reading their events. */
export function groupActions(store: LogStore): Record<string, JsonAction> {
  const byArn = (resourceArn: string): LogGroup =>
    store.group(/log-group:([^:]+)/.exec(resourceArn)?.[1] ?? resourceArn);

  return {
    CreateLogGroup(input) {
      const wanted = inputOf(group.extend({ tags: tags.optional() }), input);
      store.createGroup(wanted.group, wanted.tags);
      return {};
    },

    DeleteLogGroup(input) {
      store.deleteGroup(inputOf(group, input).group);
      return {};
    },

    DescribeLogGroups(input) {
      const schema = z.object({
        logGroupNamePrefix: z.string().default(''),
        logGroupNamePattern: z.string().default(''),
        nextToken: z.string().default(''),
        limit: limit(50),
      });
      const wanted = inputOf(schema, input);
      const found = store
        .groups()
        .filter(({ name }) => name.startsWith(wanted.logGroupNamePrefix) && name.includes(wanted.logGroupNamePattern));
      const page = pageAfter(found, wanted, ({ name }) => name);
      return { logGroups: page.items.map(groupView), ...page.next };
    },

    PutRetentionPolicy(input) {
      const wanted = inputOf(group.extend({ retentionInDays: retentionDays }), input);
      store.group(wanted.group).retentionInDays = wanted.retentionInDays;
      store.changed();
      return {};
    },

    DeleteRetentionPolicy(input) {
      store.group(inputOf(group, input).group).retentionInDays = undefined;
      store.changed();
      return {};
    },

    CreateLogStream(input) {
      const wanted = inputOf(stream, input);
      store.createStream(store.group(wanted.group), wanted.logStreamName);
      return {};
    },

    DeleteLogStream(input) {
      const wanted = inputOf(stream, input);
      store.deleteStream(store.group(wanted.group), wanted.logStreamName);
      return {};
    },

    DescribeLogStreams(input) {
      const schema = group.extend({
        logStreamNamePrefix: z.string().default(''),
        orderBy: z.enum(['LogStreamName', 'LastEventTime']).default('LogStreamName'),
        descending: z.boolean().default(false),
        nextToken: z.string().default(''),
        limit: limit(50),
      });
      const wanted = inputOf(schema, input);
      const { name, streams } = store.group(wanted.group);
      const isByTime = wanted.orderBy === 'LastEventTime';
      const keyOf = (item: LogStream): string =>
        isByTime ? `${String(item.lastEventTime ?? 0).padStart(16, '0')} ${item.name}` : item.name;
      const found = [...streams.values()]
        .filter((item) => item.name.startsWith(wanted.logStreamNamePrefix))
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      if (wanted.descending) found.reverse();
      const page = pageAfter(found, wanted, keyOf);
      return { logStreams: page.items.map((item) => streamView(name, item)), ...page.next };
    },

    PutLogEvents(input) {
      const schema = stream.extend({
        logEvents: z
          .array(z.object({ timestamp: z.number().int(), message: z.string().min(1) }))
          .min(1)
          .max(10_000),
      });
      const wanted = inputOf(schema, input);
      store.stream(store.group(wanted.group), wanted.logStreamName);
      if (wanted.logEvents.some(({ timestamp }, index, all) => timestamp < (all[index - 1]?.timestamp ?? 0))) {
        throw new AwsError(
          'InvalidParameterException',
          'Log events in a single PutLogEvents request must be in chronological order.',
        );
      }
      store.append(wanted.group, wanted.logStreamName, wanted.logEvents);
      return { nextSequenceToken: '0' };
    },

    TagResource(input) {
      const wanted = inputOf(resource.extend({ tags }), input);
      Object.assign(byArn(wanted.resourceArn).tags, wanted.tags);
      store.changed();
      return {};
    },

    UntagResource(input) {
      const wanted = inputOf(resource.extend({ tagKeys: z.array(z.string()) }), input);
      for (const key of wanted.tagKeys) delete byArn(wanted.resourceArn).tags[key];
      store.changed();
      return {};
    },

    ListTagsForResource: (input) => ({ tags: byArn(inputOf(resource, input).resourceArn).tags }),
  };
}

function pageAfter<T>(
  items: readonly T[],
  { nextToken, limit: size }: { nextToken: string; limit: number },
  keyOf: (item: T) => string,
): { items: T[]; next: { nextToken?: string } } {
  const start = nextToken === '' ? 0 : items.findIndex((item) => keyOf(item) === nextToken) + 1;
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  return { items: page, next: last !== undefined && start + size < items.length ? { nextToken: keyOf(last) } : {} };
}

function groupView({ name, creationTime, retentionInDays, events }: LogGroup): object {
  return {
    logGroupName: name,
    creationTime,
    ...(retentionInDays !== undefined && { retentionInDays }),
    metricFilterCount: 0,
    arn: `${logGroupArn(name)}:*`,
    logGroupArn: logGroupArn(name),
    logGroupClass: 'STANDARD',
    storedBytes: events.reduce((sum, { message }) => sum + message.length, 0),
  };
}

function streamView(groupNamed: string, item: LogStream): object {
  return {
    logStreamName: item.name,
    creationTime: item.creationTime,
    ...(item.firstEventTime !== undefined && { firstEventTimestamp: item.firstEventTime }),
    ...(item.lastEventTime !== undefined && { lastEventTimestamp: item.lastEventTime }),
    ...(item.lastIngestionTime !== undefined && { lastIngestionTime: item.lastIngestionTime }),
    uploadSequenceToken: '0',
    arn: `${logGroupArn(groupNamed)}:log-stream:${item.name}`,
    storedBytes: 0,
  };
}
