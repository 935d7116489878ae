import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import type { EventTimeline, Place, StoredEvent } from './event-timeline.ts';
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
import { type LogStore, notFound } from './log-store.ts';

/** Turns a filter pattern into a test of a message. @throws AwsError InvalidParameterException */
export type CompileLogFilter = (pattern: string) => (message: string) => boolean;

const time = z.int().min(0).optional();
const limit = z.int().min(1).max(10_000).default(10_000);

const inputs = {
  put: z.strictObject({
    logGroupName: groupName,
    logStreamName: streamName,
    logEvents: z
      .array(z.strictObject({ timestamp: z.int().min(0), message: z.string().min(1) }))
      .min(1)
      .max(10_000),
    sequenceToken: z.string().optional(),
  }),
  get: z.strictObject({
    ...groupReference,
    logStreamName: streamName,
    startTime: time,
    endTime: time,
    nextToken: z.string().optional(),
    limit,
    startFromHead: z.boolean().default(false),
    unmask: z.boolean().optional(),
  }),
  filter: z.strictObject({
    ...groupReference,
    logStreamNames: z.array(z.string()).min(1).max(100).optional(),
    logStreamNamePrefix: z.string().optional(),
    startTime: time,
    endTime: time,
    filterPattern: z.string().max(1024).default(''),
    nextToken: z.string().optional(),
    limit,
    interleaved: z.boolean().optional(),
    unmask: z.boolean().optional(),
  }),
};

const hour = 60 * 60 * 1000;
const oldest = 14 * 24 * hour;
const newest = 2 * hour;

/** What AWS puts into one page at most. */
const pageBytes = 1024 * 1024;

/** Events: put, read one stream, search a group. */
export function eventActions(store: LogStore, clock: Clock, compile: CompileLogFilter): Record<string, JsonAction> {
  return {
    PutLogEvents(input) {
      const { logGroupName, logStreamName, logEvents } = readLogInput(input, inputs.put);
      const group = store.get(logGroupName);
      if (!group.streams.has(logStreamName)) {
        throw notFound('The specified log stream does not exist.');
      }
      if (logEvents.some(({ timestamp }, index) => timestamp < (logEvents[index - 1]?.timestamp ?? 0))) {
        throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
      }
      const tooOld = logEvents.findLastIndex(({ timestamp }) => timestamp < clock.now() - oldest);
      const expired = logEvents.findLastIndex(({ timestamp }) => timestamp < store.retainedSince(group));
      const tooNew = logEvents.findIndex(({ timestamp }) => timestamp > clock.now() + newest);
      const accepted = logEvents.slice(Math.max(tooOld, expired) + 1, tooNew < 0 ? undefined : tooNew);
      if (accepted.length > 0) store.append(logGroupName, logStreamName, accepted);
      return {
        nextSequenceToken: '1',
        ...(accepted.length === logEvents.length
          ? {}
          : {
              rejectedLogEventsInfo: {
                ...(tooOld < 0 ? {} : { tooOldLogEventEndIndex: tooOld + 1 }),
                ...(expired < 0 ? {} : { expiredLogEventEndIndex: expired + 1 }),
                ...(tooNew < 0 ? {} : { tooNewLogEventStartIndex: tooNew }),
              },
            }),
      };
    },

    GetLogEvents(input) {
      const query = readLogInput(input, inputs.get);
      const stream = store.get(groupNameOf(query)).streams.get(query.logStreamName);
      if (stream === undefined) throw notFound('The specified log stream does not exist.');
      const { page, forward, backward } = readWindow(stream.events, query);
      return {
        events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
        nextForwardToken: `f/${encodeToken(forward)}`,
        nextBackwardToken: `b/${encodeToken(backward)}`,
      };
    },

    FilterLogEvents(input) {
      const query = readLogInput(input, inputs.filter);
      const { logStreamNames: names, logStreamNamePrefix: prefix = '', startTime = 0 } = query;
      if (names !== undefined && query.logStreamNamePrefix !== undefined) {
        throw invalidParameter('logStreamNames and logStreamNamePrefix exclude one another.');
      }
      const { endTime = Number.POSITIVE_INFINITY } = query;
      const after = query.nextToken === undefined ? undefined : decodeToken(query.nextToken, place);
      const matches = compile(query.filterPattern);
      const group = store.get(groupNameOf(query));
      // The events of one stream are found without reading those of the others.
      const [only] = names?.length === 1 ? names : [];
      const events = only === undefined ? group.events : group.streams.get(only)?.events;
      const isWanted = ({ stream, message }: StoredEvent): boolean =>
        (names === undefined ? stream.startsWith(prefix) : names.includes(stream)) && matches(message);
      const found = search(events?.from(firstPlace(startTime, after)) ?? [], endTime, isWanted, query.limit + 1);
      const page = fitPage(found.slice(0, query.limit));
      const last = page.at(-1);
      return {
        events: page.map(({ stream, timestamp, message, ingestionTime, sequence }) => ({
          logStreamName: stream,
          timestamp,
          message,
          ingestionTime,
          eventId: String(sequence).padStart(56, '0'),
        })),
        searchedLogStreams: [],
        ...(last !== undefined && page.length < found.length ? { nextToken: encodeToken(placeOf(last)) } : {}),
      };
    },
  };
}

/** A place as a token holds it. */
type TokenPlace = readonly [timestamp: number, sequence: number];
const place = z.tuple([z.number(), z.number()]);

function placeOf({ timestamp, sequence }: StoredEvent): TokenPlace {
  return [timestamp, sequence];
}

/** Where to begin: at the start time, or after the last event of the page before when that is later. */
function firstPlace(startTime: number, after: TokenPlace | undefined): Place {
  const [timestamp, sequence] = after ?? [Number.NEGATIVE_INFINITY, 0];
  return timestamp < startTime ? { timestamp: startTime, sequence: 0 } : { timestamp, sequence: sequence + 1 };
}

function search(
  events: Iterable<StoredEvent>,
  endTime: number,
  isWanted: (event: StoredEvent) => boolean,
  max: number,
): StoredEvent[] {
  const found: StoredEvent[] = [];
  for (const event of events) {
    if (event.timestamp > endTime || found.length === max) break;
    if (isWanted(event)) found.push(event);
  }
  return found;
}

function fitPage(events: StoredEvent[]): StoredEvent[] {
  let bytes = 0;
  const end = events.findIndex(({ message }) => {
    bytes += message.length + 26;
    return bytes > pageBytes;
  });
  return end < 0 ? events : events.slice(0, Math.max(end, 1));
}

type WindowQuery = {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly limit: number;
  readonly startFromHead: boolean;
  readonly nextToken?: string | undefined;
};

/** One page of a stream. At either end the token there comes back unchanged, which is how clients know. */
function readWindow(
  events: EventTimeline,
  { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit: size, startFromHead, nextToken }: WindowQuery,
): { page: StoredEvent[]; forward: TokenPlace; backward: TokenPlace } {
  const from = nextToken === undefined ? undefined : readWindowToken(nextToken);
  const isForward = from?.isForward ?? startFromHead;
  const page = isForward
    ? takePage(events.from(firstPlace(startTime, from?.place)), ({ timestamp }) => timestamp < endTime, size)
    : takePage(
        events.before(lastPlace(endTime, from?.place)),
        ({ timestamp }) => timestamp >= startTime,
        size,
      ).reverse();
  const [first, last] = [page[0], page.at(-1)];
  const edge = from?.place ?? [0, 0];
  return {
    page,
    forward: last === undefined ? edge : placeOf(last),
    backward: first === undefined ? edge : placeOf(first),
  };
}

/** Where to end, exclusive: at the end time, or before the first event of the page after when that is earlier. */
function lastPlace(endTime: number, before: TokenPlace | undefined): Place {
  const [timestamp, sequence] = before ?? [Number.POSITIVE_INFINITY, 0];
  return timestamp < endTime ? { timestamp, sequence } : { timestamp: endTime, sequence: 0 };
}

function takePage(
  events: Iterable<StoredEvent>,
  isInside: (event: StoredEvent) => boolean,
  size: number,
): StoredEvent[] {
  const page: StoredEvent[] = [];
  for (const event of events) {
    if (!isInside(event) || page.length === size) break;
    page.push(event);
  }
  return fitPage(page);
}

function readWindowToken(token: string): { isForward: boolean; place: TokenPlace } {
  const [direction, encoded = ''] = token.split('/');
  if (direction !== 'f' && direction !== 'b') throw invalidParameter('The specified nextToken is invalid.');
  return { isForward: direction === 'f', place: decodeToken(encoded, place) };
}
