import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { LogEvent, LogGroups, LogSink } from '../core/log-sink.ts';
import { Mirror } from '../core/mirror.ts';
import type { StateStore } from '../core/state-store.ts';

export type StoredEvent = LogEvent & {
  readonly stream: string;
  readonly ingestionTime: number;
  /** Grows with every event of the store. */
  readonly sequence: number;
};

export type LogStream = {
  readonly name: string;
  readonly creationTime: number;
  firstEventTimestamp: number | undefined;
  lastEventTimestamp: number | undefined;
  lastIngestionTime: number | undefined;
};

const groupSettings = z.object({
  name: z.string(),
  arn: z.string(),
  creationTime: z.number(),
  retentionInDays: z.int().optional(),
  tags: z.record(z.string(), z.string()),
  /** Made by whoever wrote to it first, not by a call or a template. */
  isImplicit: z.boolean(),
});
type GroupSettings = z.infer<typeof groupSettings>;

export type LogGroup = GroupSettings & {
  readonly streams: Map<string, LogStream>;
  /** In the order of arrival; the oldest go when there are too many. */
  events: StoredEvent[];
  storedBytes: number;
};

export type NewGroup = {
  readonly name: string;
  readonly region: string;
  readonly retentionInDays?: number | undefined;
  readonly tags?: Readonly<Record<string, string>>;
};

const maxEvents = 10_000;
const maxBytes = 16 * 1024 * 1024;
const maxStreams = 1000;

/** Log groups with their most recent events in memory. Groups survive a restart, events do not. */
export class LogStore implements LogSink, LogGroups {
  readonly #clock: Clock;
  readonly #mirror: Mirror<GroupSettings>;
  readonly #region: string;
  readonly #groups: Map<string, LogGroup>;
  readonly #listeners: Parameters<LogSink['onAppend']>[0][] = [];
  readonly #deletionListeners: Parameters<LogGroups['onDelete']>[0][] = [];
  #sequence = 0;

  /** @param region of groups that come to be by being written to */
  constructor(clock: Clock, state: StateStore, region: string) {
    this.#clock = clock;
    this.#mirror = new Mirror(state, 'logs/groups', groupSettings, () => this.#settings());
    this.#region = region;
    this.#groups = new Map([...this.#mirror.kept()].map(([name, settings]) => [name, emptyGroup(settings)]));
  }

  append(groupName: string, streamName: string, events: readonly LogEvent[]): void {
    const group = this.#groups.get(groupName) ?? this.#add({ name: groupName, region: this.#region }, true);
    const stream = group.streams.get(streamName) ?? this.#addStream(group, streamName);
    const ingestionTime = this.#clock.now();
    for (const { timestamp, message } of events) {
      this.#sequence += 1;
      group.events.push({ timestamp, message, stream: streamName, ingestionTime, sequence: this.#sequence });
      group.storedBytes += message.length;
      stream.firstEventTimestamp = Math.min(stream.firstEventTimestamp ?? timestamp, timestamp);
      stream.lastEventTimestamp = Math.max(stream.lastEventTimestamp ?? timestamp, timestamp);
      stream.lastIngestionTime = ingestionTime;
    }
    trim(group);
    for (const listener of this.#listeners) listener(groupName, streamName, events);
  }

  onAppend(listener: Parameters<LogSink['onAppend']>[0]): void {
    this.#listeners.push(listener);
  }

  onDelete(listener: Parameters<LogGroups['onDelete']>[0]): void {
    this.#deletionListeners.push(listener);
  }

  /** By name. */
  groups(): LogGroup[] {
    return [...this.#groups.values()].sort(byName);
  }

  has(name: string): boolean {
    return this.#groups.has(name);
  }

  find(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(name: string): LogGroup {
    const group = this.#groups.get(name);
    if (group === undefined) throw notFound('The specified log group does not exist.');
    return group;
  }

  /** @throws AwsError ResourceAlreadyExistsException, but takes over a group that merely came to be */
  create(group: NewGroup): LogGroup {
    const existing = this.#groups.get(group.name);
    if (existing === undefined) return this.#add(group, false);
    if (!existing.isImplicit) throw alreadyExists('The specified log group already exists');
    Object.assign(existing, { isImplicit: false, retentionInDays: group.retentionInDays, tags: { ...group.tags } });
    this.changed();
    return existing;
  }

  delete(name: string): void {
    if (!this.#groups.delete(name)) return;
    for (const listener of this.#deletionListeners) listener(name);
    this.changed();
  }

  /** @throws AwsError ResourceAlreadyExistsException */
  createStream(group: LogGroup, name: string): void {
    if (group.streams.has(name)) throw alreadyExists('The specified log stream already exists');
    this.#addStream(group, name);
  }

  deleteStream(group: LogGroup, name: string): void {
    group.streams.delete(name);
    group.events = group.events.filter(({ stream }) => stream !== name);
  }

  /** To be called after a change of a group's settings. */
  changed(): void {
    this.#mirror.changed();
  }

  #settings(): Map<string, GroupSettings> {
    return new Map([...this.#groups].map(([name, group]) => [name, groupSettings.parse(group)]));
  }

  #add({ name, region, retentionInDays, tags = {} }: NewGroup, isImplicit: boolean): LogGroup {
    const group = emptyGroup({
      name,
      arn: arn('logs', region, `log-group:${name}`),
      creationTime: this.#clock.now(),
      retentionInDays,
      tags: { ...tags },
      isImplicit,
    });
    this.#groups.set(name, group);
    this.changed();
    return group;
  }

  #addStream(group: LogGroup, name: string): LogStream {
    const stream: LogStream = {
      name,
      creationTime: this.#clock.now(),
      firstEventTimestamp: undefined,
      lastEventTimestamp: undefined,
      lastIngestionTime: undefined,
    };
    group.streams.set(name, stream);
    const [oldest] = group.streams.keys();
    if (group.streams.size > maxStreams && oldest !== undefined) this.deleteStream(group, oldest);
    return stream;
  }
}

function emptyGroup(settings: GroupSettings): LogGroup {
  return { ...settings, streams: new Map(), events: [], storedBytes: 0 };
}

/** Drops the oldest events, rarely and many at once, so that appending stays cheap. */
function trim(group: LogGroup): void {
  if (group.events.length <= maxEvents * 1.25 && group.storedBytes <= maxBytes) return;
  let bytes = 0;
  let start = group.events.length;
  while (start > 0 && group.events.length - start < maxEvents) {
    bytes += group.events[start - 1]?.message.length ?? 0;
    if (bytes > maxBytes / 2) break;
    start -= 1;
  }
  group.events = group.events.slice(Math.min(start, group.events.length - 1));
  group.storedBytes = group.events.reduce((sum, { message }) => sum + message.length, 0);
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

function alreadyExists(message: string): AwsError {
  return new AwsError('ResourceAlreadyExistsException', message);
}
