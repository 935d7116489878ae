import * as z from 'zod';
import { compileLogFilter } from '../cloudwatch/log-filter-pattern.ts';
import { AwsError } from '../core/aws-error.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import type { LogStore, StoredEvent } from './log-store.ts';
import { groupName, inputOf, limit } from './logs-input.ts';

const time = z.number().int().optional();

const getInput = z.object({
  ...groupName,
  logStreamName: z.string(),
  startTime: time,
  endTime: time,
  nextToken: z.string().optional(),
  limit: limit(10_000),
  startFromHead: z.boolean().default(false),
});

const filterInput = z.object({
  ...groupName,
  logStreamNames: z.array(z.string()).min(1).max(100).optional(),
  logStreamNamePrefix: z.string().optional(),
  startTime: time,
  endTime: time,
  filterPattern: z.string().max(1024).default(''),
  nextToken: z.string().optional(),
  limit: limit(10_000),
  interleaved: z.boolean().optional(),
  unmask: z.boolean().optional(),
});

/** GetLogEvents and FilterLogEvents. */
export function readEventActions(store: LogStore): Record<string, JsonAction> {
  return {
    GetLogEvents(input) {
      const wanted = inputOf(getInput, input);
      const group = store.group(wanted.group);
      store.stream(group, wanted.logStreamName);
      const events = group.events
        .filter(({ stream, timestamp }) => stream === wanted.logStreamName && isWithin(timestamp, wanted))
        .sort(byTime);
      const [from, to] = windowOf(events, wanted);
      return {
        events: events
          .slice(from, to)
          .map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
        // At the end of a stream the same token comes again, which is how clients know.
        nextForwardToken: `f/${events[to - 1]?.id ?? events.at(-1)?.id ?? '0'}`,
        nextBackwardToken: `b/${events[from]?.id ?? '0'}`,
      };
    },

    FilterLogEvents(input) {
      const wanted = inputOf(filterInput, input);
      if (wanted.logStreamNames !== undefined && wanted.logStreamNamePrefix !== undefined) {
        throw new AwsError(
          'InvalidParameterException',
          'LogStreamNames and LogStreamNamePrefix cannot both be specified',
        );
      }
      const matches = compileLogFilter(wanted.filterPattern);
      const streams = wanted.logStreamNames && new Set(wanted.logStreamNames);
      const prefix = wanted.logStreamNamePrefix ?? '';
      const after = wanted.nextToken ?? '';
      const found = store
        .group(wanted.group)
        .events.filter(
          (event) =>
            isWithin(event.timestamp, wanted) &&
            (streams?.has(event.stream) ?? event.stream.startsWith(prefix)) &&
            positionOf(event) > after &&
            matches(event.message),
        )
        .sort(byTime);
      const page = found.slice(0, wanted.limit);
      const last = page.at(-1);
      return {
        events: page.map(({ id, stream, timestamp, message, ingestionTime }) => ({
          eventId: id,
          logStreamName: stream,
          timestamp,
          message,
          ingestionTime,
        })),
        searchedLogStreams: [],
        ...(last !== undefined && found.length > page.length && { nextToken: positionOf(last) }),
      };
    },
  };
}

function isWithin(timestamp: number, range: { startTime?: number | undefined; endTime?: number | undefined }): boolean {
  return timestamp >= (range.startTime ?? 0) && timestamp < (range.endTime ?? Number.POSITIVE_INFINITY);
}

function byTime(a: StoredEvent, b: StoredEvent): number {
  return a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1);
}

/** Sorts as `byTime` does. */
function positionOf({ timestamp, id }: StoredEvent): string {
  return `${String(timestamp).padStart(16, '0')}-${id}`;
}

/** Which of the sorted events a page of GetLogEvents holds, as start and end index. */
function windowOf(
  events: readonly StoredEvent[],
  { nextToken, limit: size, startFromHead }: z.infer<typeof getInput>,
): [number, number] {
  if (nextToken === undefined) {
    return startFromHead ? [0, Math.min(size, events.length)] : [Math.max(0, events.length - size), events.length];
  }
  const [direction, id = ''] = nextToken.split('/');
  const index = events.findIndex((event) => event.id === id);
  if (direction === 'f') return [index + 1, Math.min(index + 1 + size, events.length)];
  if (direction === 'b') return [Math.max(0, index - size), Math.max(0, index)];
  throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
}
