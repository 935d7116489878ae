import * as z from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { SourceRecord } from './source.ts';

/** A change of a table; `id` is its sequence number, and `event` what the stream gave. */
export type StreamRecord = SourceRecord & {
  readonly eventId: string;
  /** Epoch milliseconds, as precise as the stream tells. */
  readonly createdAt: number;
  /** The item's key. */
  readonly keys: JsonObject;
};

const recordSchema = z.object({
  eventID: z.string(),
  dynamodb: z.object({
    SequenceNumber: z.string(),
    ApproximateCreationDateTime: z.number(),
    Keys: z.custom<JsonObject>(isJsonObject),
  }),
});

/** The records of a GetRecords answer; functions see them with the stream's ARN. */
export function streamRecords(records: JsonValue | undefined, streamArn: string): StreamRecord[] {
  if (!Array.isArray(records)) return [];
  return records.filter(isJsonObject).map((event) => {
    const { eventID, dynamodb } = recordSchema.parse(event);
    return {
      id: dynamodb.SequenceNumber,
      eventId: eventID,
      createdAt: dynamodb.ApproximateCreationDateTime * 1000,
      keys: dynamodb.Keys,
      event: { ...event, ...lambdaIdentity(event), eventSourceARN: streamArn },
    };
  });
}

/** The Streams API says `Type` and `PrincipalId` of who deleted an expired item, the event of a function in small letters. */
function lambdaIdentity({ userIdentity }: JsonObject): JsonObject {
  if (!isJsonObject(userIdentity)) return {};
  const { Type: type, PrincipalId: principalId } = userIdentity;
  return { userIdentity: { ...(type !== undefined && { type }), ...(principalId !== undefined && { principalId }) } };
}
