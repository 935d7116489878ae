import * as z from 'zod';
import { arn, defaultRegion } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { LogEvent, LogSink } from '../core/log-sink.ts';
import type { StateStore } from '../core/state-store.ts';

export type StoredEvent = LogEvent & { readonly id: string; readonly stream: string; readonly ingestionTime: number };

export type LogStream = {
  readonly name: string;
  readonly creationTime: number;
  firstEventTime: number | undefined;
  lastEventTime: number | undefined;
  lastIngestionTime: number | undefined;
};

export type LogGroup = {
  readonly name: string;
  readonly creationTime: number;
  retentionInDays: number | undefined;
  tags: Record<string, string>;
  readonly streams: Map<string, LogStream>;
  /** Of all streams, in the order in which they came. */
  events: StoredEvent[];
};

const keptGroup = z.object({
  name: z.string(),
  creationTime: z.number(),
  retentionInDays: z.number().optional(),
  tags: z.record(z.string(), z.string()),
});

/** So many events a group are kept, the newest; a laptop is no archive. */
const maxEvents = 10_000;

/** Log groups with their streams and events. Groups survive a restart, events do not. */
export class LogStore implements LogSink {
  readonly #clock: Clock;
  readonly #state: StateStore;
  readonly #groups: Map<string, LogGroup>;
  readonly #listeners: Parameters<LogSink['onAppend']>[0][] = [];
  #lastId = 0;

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#state = state;
    const kept = z.array(keptGroup).parse(state.read('logs/groups') ?? []);
    this.#groups = new Map(
      kept.map((group) => [
        group.name,
        { ...group, retentionInDays: group.retentionInDays, streams: new Map(), events: [] },
      ]),
    );
  }

  /** By name. */
  groups(): LogGroup[] {
    return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  has(name: string): boolean {
    return this.#groups.has(name);
  }

  /** @throws AwsError ResourceNotFoundException */
  group(name: string): LogGroup {
    const group = this.#groups.get(name);
    if (group === undefined) throw notFound('The specified log group does not exist.');
    return group;
  }

  /** @throws AwsError ResourceNotFoundException */
  stream(group: LogGroup, name: string): LogStream {
    const stream = group.streams.get(name);
    if (stream === undefined) throw notFound('The specified log stream does not exist.');
    return stream;
  }

  /** @throws AwsError ResourceAlreadyExistsException */
  createGroup(name: string, tags: Record<string, string> = {}): LogGroup {
    if (this.#groups.has(name)) throw alreadyExists('The specified log group already exists');
    const group: LogGroup = {
      name,
      creationTime: this.#clock.now(),
      retentionInDays: undefined,
      tags,
      streams: new Map(),
      events: [],
    };
    this.#groups.set(name, group);
    this.changed();
    return group;
  }

  deleteGroup(name: string): void {
    this.#groups.delete(this.group(name).name);
    this.changed();
  }

  /** @throws AwsError ResourceAlreadyExistsException */
  createStream(group: LogGroup, name: string): LogStream {
    if (group.streams.has(name)) throw alreadyExists('The specified log stream already exists');
    const stream: LogStream = {
      name,
      creationTime: this.#clock.now(),
      firstEventTime: undefined,
      lastEventTime: undefined,
      lastIngestionTime: undefined,
    };
    group.streams.set(name, stream);
    return stream;
  }

  deleteStream(group: LogGroup, name: string): void {
    group.streams.delete(this.stream(group, name).name);
    group.events = group.events.filter((event) => event.stream !== name);
  }

  append(groupName: string, streamName: string, events: readonly LogEvent[]): void {
    if (events.length === 0) return;
    const group = this.#groups.get(groupName) ?? this.createGroup(groupName);
    const stream = group.streams.get(streamName) ?? this.createStream(group, streamName);
    const ingestionTime = this.#clock.now();
    for (const { timestamp, message } of events) {
      // 56 digits that sort in the order of arrival, as those of CloudWatch Logs do.
      const id = String(++this.#lastId).padStart(56, '0');
      group.events.push({ id, stream: streamName, timestamp, message, ingestionTime });
      stream.firstEventTime = Math.min(stream.firstEventTime ?? timestamp, timestamp);
      stream.lastEventTime = Math.max(stream.lastEventTime ?? timestamp, timestamp);
    }
    stream.lastIngestionTime = ingestionTime;
    // In steps, so that appending stays cheap when a group is full.
    if (group.events.length > maxEvents * 1.2) group.events = group.events.slice(-maxEvents);
    for (const listener of this.#listeners) listener(groupName, streamName, events);
  }

  onAppend(listener: Parameters<LogSink['onAppend']>[0]): void {
    this.#listeners.push(listener);
  }

  /** To be called after a change of a group's settings. */
  changed(): void {
    this.#state.changed('logs/groups', () =>
      this.groups().map(({ name, creationTime, retentionInDays, tags }) => ({
        name,
        creationTime,
        tags,
        ...(retentionInDays !== undefined && { retentionInDays }),
      })),
    );
  }
}

/** Without the `:*` at the end that CloudFormation's attribute has. */
export function logGroupArn(name: string): string {
  return arn('logs', defaultRegion, `log-group:${name}`);
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

function alreadyExists(message: string): AwsError {
  return new AwsError('ResourceAlreadyExistsException', message);
}
