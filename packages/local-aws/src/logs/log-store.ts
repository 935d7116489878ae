import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { type Link, LinkedList } from '../core/linked-list.ts';
import type { LogEvent, LogGroups, LogSink } from '../core/log-sink.ts';
import { Mirror } from '../core/mirror.ts';
import { NameIndex, type NamePage, type NameQuery } from '../core/name-index.ts';
import type { StateStore } from '../core/state-store.ts';
import { EventTimeline } from './event-timeline.ts';
import { KeptEvents } from './kept-events.ts';

export type LogStream = {
  readonly name: string;
  readonly creationTime: number;
  firstEventTimestamp: number | undefined;
  lastEventTimestamp: number | undefined;
  lastIngestionTime: number | undefined;
  readonly events: EventTimeline;
};

export const logGroupClass = z.enum(
  ['STANDARD', 'INFREQUENT_ACCESS'],
  'Member must be one of [STANDARD, INFREQUENT_ACCESS]',
);
type LogGroupClass = z.infer<typeof logGroupClass>;

const groupSettings = z.object({
  name: z.string(),
  arn: z.string(),
  creationTime: z.number(),
  retentionInDays: z.int().optional(),
  /** Shown, without effect. */
  logGroupClass: logGroupClass.default('STANDARD'),
  /** The ARN of a key. */
  kmsKeyId: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  /** Made by the first write to it, not by a call or a template. */
  isImplicit: z.boolean(),
});
type GroupSettings = z.infer<typeof groupSettings>;

export type LogGroup = GroupSettings & {
  /** In the order in which they were made. */
  readonly streams: Map<string, LogStream>;
  readonly events: EventTimeline;
  storedBytes: number;
};

export type NewGroup = {
  readonly name: string;
  readonly region: string;
  readonly retentionInDays?: number | undefined;
  readonly logGroupClass?: LogGroupClass | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>>;
};

export function groupArn(region: string, name: string): string {
  return arn('logs', region, `log-group:${name}`);
}

const maxGroups = 200_000;
/** Of one group, and of all groups together: the ones that were made first go, with their events. */
const maxStreams = { ofGroup: 1_000, total: 100_000 };
const dayMs = 24 * 60 * 60 * 1000;

type StreamOfGroup = { readonly group: LogGroup; readonly stream: LogStream };

/** Log groups with their most recent events in memory. Groups survive a restart, events do not. */
export class LogStore implements LogSink, LogGroups {
  readonly #clock: Clock;
  readonly #mirror: Mirror<GroupSettings>;
  readonly #region: string;
  readonly #groups = new NameIndex<LogGroup>();
  readonly #kept = new KeptEvents();
  readonly #streams = new LinkedList<StreamOfGroup>();
  readonly #streamLinks = new WeakMap<LogStream, Link<StreamOfGroup>>();
  readonly #listeners: Parameters<LogSink['onAppend']>[0][] = [];
  readonly #deletionListeners: Parameters<LogGroups['onDelete']>[0][] = [];
  #sequence = 0;

  /** @param region of groups that come to be by being written to */
  constructor(clock: Clock, state: StateStore, region: string) {
    this.#clock = clock;
    this.#mirror = new Mirror(state, 'logs/groups', groupSettings, () => this.#settings());
    this.#region = region;
    for (const [name, settings] of this.#mirror.kept()) this.#groups.set(name, emptyGroup(settings));
  }

  /** Events of a group that would be one too many are lost. */
  append(groupName: string, streamName: string, events: readonly LogEvent[]): void {
    const group = this.#groups.get(groupName) ?? this.#addImplicit(groupName);
    if (group === undefined) return;
    const stream = group.streams.get(streamName) ?? this.#addStream(group, streamName);
    const ingestionTime = this.#clock.now();
    for (const { timestamp, message } of events) {
      this.#sequence += 1;
      this.#kept.add(group, { timestamp, message, stream: streamName, ingestionTime, sequence: this.#sequence });
      stream.firstEventTimestamp = Math.min(stream.firstEventTimestamp ?? timestamp, timestamp);
      stream.lastEventTimestamp = Math.max(stream.lastEventTimestamp ?? timestamp, timestamp);
      stream.lastIngestionTime = ingestionTime;
    }
    this.#expire(group);
    for (const listener of this.#listeners) listener(groupName, streamName, events);
  }

  onAppend(listener: Parameters<LogSink['onAppend']>[0]): void {
    this.#listeners.push(listener);
  }

  onDelete(listener: Parameters<LogGroups['onDelete']>[0]): void {
    this.#deletionListeners.push(listener);
  }

  /** A page of the groups, in the order of their names. */
  page(query: NameQuery<LogGroup>): NamePage<LogGroup> {
    const page = this.#groups.page(query);
    for (const group of page.items) this.#expire(group);
    return page;
  }

  has(name: string): boolean {
    return this.#groups.has(name);
  }

  find(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  /** Without the events that are older than its retention allows. @throws AwsError ResourceNotFoundException */
  get(name: string): LogGroup {
    const group = this.#groups.get(name);
    if (group === undefined) throw notFound('The specified log group does not exist.');
    this.#expire(group);
    return group;
  }

  /** The time of the oldest event that the retention of the group allows. */
  retainedSince({ retentionInDays = Number.POSITIVE_INFINITY }: LogGroup): number {
    return this.#clock.now() - retentionInDays * dayMs;
  }

  /** @throws AwsError ResourceAlreadyExistsException, but takes over a group that merely came to be */
  create(group: NewGroup): LogGroup {
    const existing = this.#groups.get(group.name);
    if (existing === undefined) {
      if (this.#groups.size < maxGroups) return this.#add(group, false);
      throw new AwsError('LimitExceededException', `The local endpoint keeps ${maxGroups} log groups.`);
    }
    if (!existing.isImplicit) throw alreadyExists('The specified log group already exists');
    const { retentionInDays, kmsKeyId, tags, logGroupClass = 'STANDARD' } = group;
    Object.assign(existing, { isImplicit: false, retentionInDays, kmsKeyId, logGroupClass, tags: { ...tags } });
    this.changed(group.name);
    return existing;
  }

  delete(name: string): void {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    this.#kept.dropAll(group, group);
    for (const stream of group.streams.values()) this.#unlistStream(stream);
    this.#groups.delete(name);
    for (const listener of this.#deletionListeners) listener(name);
    this.changed(name);
  }

  /** @throws AwsError ResourceAlreadyExistsException */
  createStream(group: LogGroup, name: string): void {
    if (group.streams.has(name)) throw alreadyExists('The specified log stream already exists');
    this.#addStream(group, name);
  }

  deleteStream(group: LogGroup, name: string): void {
    const stream = group.streams.get(name);
    if (stream === undefined) return;
    this.#kept.dropAll(group, stream);
    group.streams.delete(name);
    this.#unlistStream(stream);
  }

  /** Deletes all streams and events. The groups stay. */
  reset(): void {
    for (const group of this.#groups.values()) {
      for (const name of [...group.streams.keys()]) this.deleteStream(group, name);
      this.#kept.dropAll(group, group);
    }
  }

  /** To be called after a change of a group's settings. */
  changed(name: string): void {
    this.#mirror.changed(name);
  }

  #settings() {
    return {
      get: (name: string): GroupSettings | undefined => {
        const group = this.#groups.get(name);
        return group === undefined ? undefined : groupSettings.parse(group);
      },
      keys: () => this.#groups.keys(),
    };
  }

  #expire(group: LogGroup): void {
    if (group.retentionInDays !== undefined) this.#kept.dropBefore(group, this.retainedSince(group));
  }

  #addImplicit(name: string): LogGroup | undefined {
    return this.#groups.size < maxGroups ? this.#add({ name, region: this.#region }, true) : undefined;
  }

  #add({ name, region, tags = {}, ...given }: NewGroup, isImplicit: boolean): LogGroup {
    const group = emptyGroup({
      name,
      arn: groupArn(region, name),
      creationTime: this.#clock.now(),
      retentionInDays: given.retentionInDays,
      kmsKeyId: given.kmsKeyId,
      logGroupClass: given.logGroupClass ?? 'STANDARD',
      tags: { ...tags },
      isImplicit,
    });
    this.#groups.set(name, group);
    this.changed(name);
    return group;
  }

  #addStream(group: LogGroup, name: string): LogStream {
    const stream: LogStream = {
      name,
      creationTime: this.#clock.now(),
      firstEventTimestamp: undefined,
      lastEventTimestamp: undefined,
      lastIngestionTime: undefined,
      events: new EventTimeline(),
    };
    group.streams.set(name, stream);
    this.#streamLinks.set(stream, this.#streams.add({ group, stream }));
    const [firstOfGroup] = group.streams.keys();
    if (group.streams.size > maxStreams.ofGroup && firstOfGroup !== undefined) this.deleteStream(group, firstOfGroup);
    const first = this.#streams.first?.value;
    if (this.#streams.size > maxStreams.total && first !== undefined) this.deleteStream(first.group, first.stream.name);
    return stream;
  }

  #unlistStream(stream: LogStream): void {
    const link = this.#streamLinks.get(stream);
    if (link !== undefined) this.#streams.remove(link);
  }
}

function emptyGroup(settings: GroupSettings): LogGroup {
  return { ...settings, streams: new Map(), events: new EventTimeline(), storedBytes: 0 };
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

function alreadyExists(message: string): AwsError {
  return new AwsError('ResourceAlreadyExistsException', message);
}
