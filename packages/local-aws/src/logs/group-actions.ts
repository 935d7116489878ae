import * as z from 'zod';
import type { JsonAction } from '../core/json-protocol.ts';
import { checkGroupKey, type GroupEncryptionPorts } from './group-encryption.ts';
import {
  decodeToken,
  encodeToken,
  groupName,
  groupNameOf,
  groupReference,
  invalidParameter,
  readLogInput,
  streamName,
} from './log-input.ts';
import { groupArn, type LogGroup, type LogStore, type LogStream, logGroupClass, notFound } from './log-store.ts';

/** Days that a retention policy may have. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const tags = z.record(z.string(), z.string());
const limit = z.int().min(1).max(50).default(50);
const nextToken = z.string().optional();

const inputs = {
  createGroup: z.strictObject({
    logGroupName: groupName,
    tags: tags.optional(),
    kmsKeyId: z.string().optional(),
    logGroupClass: logGroupClass.optional(),
    deletionProtectionEnabled: z.literal(false).optional(),
  }),
  group: z.strictObject({ logGroupName: groupName }),
  associateKey: z.strictObject({ logGroupName: groupName, kmsKeyId: z.string().max(256) }),
  describeGroups: z.strictObject({
    logGroupNamePrefix: z.string().optional(),
    logGroupNamePattern: z.string().optional(),
    logGroupClass: logGroupClass.optional(),
    limit,
    nextToken,
  }),
  /** A pattern is one to five texts, each of which begins with `^` when only names that start with it fit. */
  listGroups: z.strictObject({
    logGroupNamePattern: z
      .string()
      .regex(/^\^?[.\-_/#A-Za-z0-9]{3,24}(\|\^?[.\-_/#A-Za-z0-9]{3,24}){0,4}$/)
      .optional(),
    logGroupClass: logGroupClass.optional(),
    includeLinkedAccounts: z.literal(false).optional(),
    limit: z.int().min(1).max(1000).default(50),
    nextToken,
  }),
  retention: z.strictObject({ logGroupName: groupName, retentionInDays: z.int() }),
  stream: z.strictObject({ logGroupName: groupName, logStreamName: streamName }),
  describeStreams: z.strictObject({
    ...groupReference,
    logStreamNamePrefix: z.string().optional(),
    orderBy: z.enum(['LogStreamName', 'LastEventTime']).default('LogStreamName'),
    descending: z.boolean().default(false),
    limit,
    nextToken,
  }),
};

/** Groups and streams: make, list, keep for a while, encrypt, delete. */
export function groupActions(
  store: LogStore,
  encryption: GroupEncryptionPorts,
  metricFilterCount: (group: string) => number,
): Record<string, JsonAction> {
  const group = (name: string): LogGroup => store.get(name);
  return {
    CreateLogGroup(input, { region }) {
      const {
        logGroupName: name,
        tags: initialTags = {},
        kmsKeyId,
        ...given
      } = readLogInput(input, inputs.createGroup);
      const keyArn = kmsKeyId === undefined ? undefined : checkGroupKey(encryption, groupArn(region, name), kmsKeyId);
      store.create({ name, region, kmsKeyId: keyArn, tags: initialTags, logGroupClass: given.logGroupClass });
      return {};
    },
    AssociateKmsKey(input) {
      const { logGroupName, kmsKeyId } = readLogInput(input, inputs.associateKey);
      const found = group(logGroupName);
      found.kmsKeyId = checkGroupKey(encryption, found.arn, kmsKeyId);
      store.changed(found.name);
      return {};
    },
    DisassociateKmsKey(input) {
      const found = group(readLogInput(input, inputs.group).logGroupName);
      found.kmsKeyId = undefined;
      store.changed(found.name);
      return {};
    },
    DeleteLogGroup(input) {
      const { name } = group(readLogInput(input, inputs.group).logGroupName);
      store.delete(name);
      return {};
    },
    DescribeLogGroups(input) {
      const query = readLogInput(input, inputs.describeGroups);
      if (query.logGroupNamePrefix !== undefined && query.logGroupNamePattern !== undefined) {
        throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
      }
      const pattern = query.logGroupNamePattern?.toLowerCase();
      const { items, last } = store.page({
        prefix: query.logGroupNamePrefix,
        after: query.nextToken === undefined ? undefined : decodeToken(query.nextToken, z.tuple([z.string()]))[0],
        size: query.limit,
        accepts: ({ name, logGroupClass: of }) =>
          (pattern === undefined || name.toLowerCase().includes(pattern)) &&
          (query.logGroupClass === undefined || of === query.logGroupClass),
      });
      return {
        logGroups: items.map((found) => groupView(found, metricFilterCount(found.name))),
        ...(last === undefined ? {} : { nextToken: encodeToken([last]) }),
      };
    },
    ListLogGroups(input) {
      const { logGroupNamePattern, limit: size, ...query } = readLogInput(input, inputs.listGroups);
      const patterns = logGroupNamePattern?.split('|');
      const { items, last } = store.page({
        prefix: undefined,
        after: query.nextToken === undefined ? undefined : decodeToken(query.nextToken, z.tuple([z.string()]))[0],
        size,
        accepts: ({ name, logGroupClass: of }) =>
          (patterns === undefined || patterns.some((pattern) => fits(name, pattern))) &&
          (query.logGroupClass === undefined || of === query.logGroupClass),
      });
      return {
        logGroups: items.map((found) => ({
          logGroupName: found.name,
          logGroupArn: found.arn,
          logGroupClass: found.logGroupClass,
        })),
        ...(last === undefined ? {} : { nextToken: encodeToken([last]) }),
      };
    },
    PutRetentionPolicy(input) {
      const { logGroupName, retentionInDays } = readLogInput(input, inputs.retention);
      checkRetention(retentionInDays);
      group(logGroupName).retentionInDays = retentionInDays;
      store.changed(logGroupName);
      return {};
    },
    DeleteRetentionPolicy(input) {
      const { logGroupName } = readLogInput(input, inputs.group);
      group(logGroupName).retentionInDays = undefined;
      store.changed(logGroupName);
      return {};
    },
    CreateLogStream(input) {
      const { logGroupName, logStreamName } = readLogInput(input, inputs.stream);
      store.createStream(group(logGroupName), logStreamName);
      return {};
    },
    DeleteLogStream(input) {
      const { logGroupName, logStreamName } = readLogInput(input, inputs.stream);
      const found = group(logGroupName);
      if (!found.streams.has(logStreamName)) throw notFound('The specified log stream does not exist.');
      store.deleteStream(found, logStreamName);
      return {};
    },
    DescribeLogStreams(input) {
      const query = readLogInput(input, inputs.describeStreams);
      const { arn, streams } = group(groupNameOf(query));
      if (query.orderBy === 'LastEventTime' && query.logStreamNamePrefix !== undefined) {
        throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const found = [...streams.values()].filter(({ name }) => name.startsWith(query.logStreamNamePrefix ?? ''));
      found.sort(query.orderBy === 'LastEventTime' ? byLastEvent : byStreamName);
      if (query.descending) found.reverse();
      const { page, next } = pageOf(found, query);
      return { logStreams: page.map((stream) => streamView(arn, stream)), ...next };
    },
  };
}

/** @throws AwsError InvalidParameterException */
export function checkRetention(days: number): void {
  if (retentionDays.includes(days)) return;
  throw invalidParameter(
    `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentionDays.join(', ')}]`,
  );
}

/** Case counts here, other than for DescribeLogGroups. */
function fits(name: string, pattern: string): boolean {
  return pattern.startsWith('^') ? name.startsWith(pattern.slice(1)) : name.includes(pattern);
}

function groupView(group: LogGroup, metricFilterCount: number): object {
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    metricFilterCount,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    storedBytes: group.storedBytes,
    ...(group.kmsKeyId === undefined ? {} : { kmsKeyId: group.kmsKeyId }),
    logGroupClass: group.logGroupClass,
    deletionProtectionEnabled: false,
  };
}

function streamView(groupArn: string, { name, events: _events, ...times }: LogStream): object {
  return {
    logStreamName: name,
    ...times,
    arn: `${groupArn}:log-stream:${name}`,
    storedBytes: 0,
  };
}

function byStreamName(a: LogStream, b: LogStream): number {
  return a.name < b.name ? -1 : 1;
}

function byLastEvent(a: LogStream, b: LogStream): number {
  return (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0) || byStreamName(a, b);
}

type PageQuery = { readonly limit: number; readonly nextToken?: string | undefined };

function pageOf<T>(items: readonly T[], query: PageQuery): { page: T[]; next: { nextToken?: string } } {
  const [start] = query.nextToken === undefined ? [0] : decodeToken(query.nextToken, z.tuple([z.int().min(0)]));
  const end = start + query.limit;
  return { page: items.slice(start, end), next: end < items.length ? { nextToken: encodeToken([end]) } : {} };
}
