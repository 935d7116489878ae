import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { checkJson } from '../core/read-json.ts';
import { busEvent } from './bus-event.ts';
import type { BusStore } from './bus-store.ts';
import type { EventRouter } from './event-router.ts';
import { eventsAction } from './events-action.ts';
import { eventsError } from './events-error.ts';

const entrySchema = z.strictObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  /** Epoch seconds. */
  Time: z.number().min(0).max(253_402_300_799).optional(),
  Resources: z.array(z.string()).optional(),
  EventBusName: z.string().min(1).max(1600).optional(),
  TraceHeader: z.string().max(500).optional(),
});
type Entry = z.infer<typeof entrySchema>;

const maxEntries = 10;
const maxBytes = 1024 * 1024;

/** PutEvents: an entry that is wrong does not fail the others. */
export function putEventsAction(buses: BusStore, router: EventRouter, clock: Clock): JsonAction {
  const put = (entry: Entry, region: string): string => {
    const { source, detailType, detail } = checkEntry(entry);
    const id = randomUUID();
    const { Time, Resources = [], EventBusName, TraceHeader } = entry;
    const time = Time === undefined ? clock.now() : Time * 1000;
    // As on AWS, an event for a bus that does not exist is accepted and dropped.
    const bus = buses.find(EventBusName, region);
    if (bus === undefined) return id;
    const event = busEvent({ id, source, detailType, detail, time, resources: Resources, region: bus.region });
    router.route(event, bus, TraceHeader);
    return id;
  };
  return eventsAction(
    z.strictObject({ Entries: z.array(entrySchema).min(1).max(maxEntries) }),
    ({ Entries }, { region }) => {
      if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > maxBytes) {
        throw eventsError.validation('Total size of the entries in the request is over the limit.');
      }
      const results = Entries.map((entry) => {
        try {
          return { EventId: put(entry, region) };
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          return { ErrorCode: error.code, ErrorMessage: error.message };
        }
      });
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    },
  );
}

/** @throws AwsError with the code that the entry gets */
function checkEntry({ Source = '', DetailType = '', Detail = '' }: Entry) {
  if (Source === '') throw missing('Source');
  if (DetailType === '') throw missing('DetailType');
  if (Detail === '') throw missing('Detail');
  if (Source.startsWith('aws.')) {
    throw new AwsError('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  return { source: Source, detailType: DetailType, detail: readDetail(Detail) };
}

function readDetail(text: string): JsonObject {
  try {
    checkJson(Buffer.from(text));
    const detail: unknown = JSON.parse(text);
    if (isJsonObject(detail)) return detail;
  } catch {
    // Answered like JSON that is no object.
  }
  throw new AwsError('MalformedDetail', 'Detail is malformed.');
}

function missing(name: string): AwsError {
  return new AwsError('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
}

/** As AWS counts it: 14 bytes for the time, and the texts in UTF-8. */
function sizeOf({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return (Time === undefined ? 0 : 14) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
