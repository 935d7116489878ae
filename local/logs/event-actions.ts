import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import type { JsonAction } from '../core/json-protocol.ts';
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
import { type LogStore, notFound, type StoredEvent } from './log-store.ts';

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
      if (!store.get(logGroupName).streams.has(logStreamName)) {
        throw notFound('The specified log stream does not exist.');
      }
      if (logEvents.some(({ timestamp }, index) => timestamp < (logEvents[index - 1]?.timestamp ?? 0))) {
        throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
      }
      const tooOld = logEvents.findLastIndex(({ timestamp }) => timestamp < clock.now() - oldest);
      const tooNew = logEvents.findIndex(({ timestamp }) => timestamp > clock.now() + newest);
      const accepted = logEvents.slice(tooOld + 1, tooNew < 0 ? undefined : tooNew);
      if (accepted.length > 0) store.append(logGroupName, logStreamName, accepted);
      return {
        nextSequenceToken: '1',
        ...(accepted.length === logEvents.length
          ? {}
          : {
              rejectedLogEventsInfo: {
                ...(tooOld < 0 ? {} : { tooOldLogEventEndIndex: tooOld + 1 }),
                ...(tooNew < 0 ? {} : { tooNewLogEventStartIndex: tooNew }),
              },
            }),
      };
    },

    GetLogEvents(input) {
      const query = readLogInput(input, inputs.get);
      const group = store.get(groupNameOf(query));
      if (!group.streams.has(query.logStreamName)) throw notFound('The specified log stream does not exist.');
      const { startTime = 0, endTime = Number.POSITIVE_INFINITY } = query;
      const events = inOrder(
        group.events.filter(
          ({ stream, timestamp }) => stream === query.logStreamName && timestamp >= startTime && timestamp < endTime,
        ),
      );
      const { page, forward, backward } = window(events, query);
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
      const found = inOrder(
        store
          .get(groupNameOf(query))
          .events.filter(
            ({ stream, timestamp, message }) =>
              timestamp >= startTime &&
              timestamp <= endTime &&
              (names === undefined ? stream.startsWith(prefix) : names.includes(stream)) &&
              matches(message),
          ),
      ).filter((event) => after === undefined || isAfter(event, after));
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

type Place = readonly [timestamp: number, sequence: number];
const place = z.tuple([z.number(), z.number()]);

function placeOf({ timestamp, sequence }: StoredEvent): Place {
  return [timestamp, sequence];
}

function isAfter({ timestamp, sequence }: StoredEvent, [otherTimestamp, otherSequence]: Place): boolean {
  return timestamp === otherTimestamp ? sequence > otherSequence : timestamp > otherTimestamp;
}

function inOrder(events: StoredEvent[]): StoredEvent[] {
  return events.sort((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
}

function fitPage(events: StoredEvent[]): StoredEvent[] {
  let bytes = 0;
  const end = events.findIndex(({ message }) => {
    bytes += message.length + 26;
    return bytes > pageBytes;
  });
  return end < 0 ? events : events.slice(0, Math.max(end, 1));
}

type WindowQuery = { readonly limit: number; readonly startFromHead: boolean; readonly nextToken?: string | undefined };

/** One page of a stream. At either end the token there comes back unchanged, which is how clients know. */
function window(
  events: StoredEvent[],
  { limit: size, startFromHead, nextToken }: WindowQuery,
): { page: StoredEvent[]; forward: Place; backward: Place } {
  const from = nextToken === undefined ? undefined : readWindowToken(nextToken);
  const page =
    from === undefined
      ? takePage(events, size, startFromHead)
      : from.isForward
        ? takePage(
            events.filter((event) => isAfter(event, from.place)),
            size,
            true,
          )
        : takePage(
            events.filter((event) => !isAfter(event, from.place) && event.sequence !== from.place[1]),
            size,
            false,
          );
  const [first, last] = [page[0], page.at(-1)];
  const edge = from?.place ?? [0, 0];
  return {
    page,
    forward: last === undefined ? edge : placeOf(last),
    backward: first === undefined ? edge : placeOf(first),
  };
}

function takePage(events: StoredEvent[], size: number, fromHead: boolean): StoredEvent[] {
  if (fromHead) return fitPage(events.slice(0, size));
  return fitPage(events.slice(-size).reverse()).reverse();
}

function readWindowToken(token: string): { isForward: boolean; place: Place } {
  const [direction, encoded = ''] = token.split('/');
  if (direction !== 'f' && direction !== 'b') throw invalidParameter('The specified nextToken is invalid.');
  return { isForward: direction === 'f', place: decodeToken(encoded, place) };
}
