import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** Sequence numbers have at least this many digits on AWS, which also makes them sort as text. */
const sequenceDigits = 21;

type RecordContext = { readonly region: string; readonly table: string };

/** Gives the engine's stream records what AWS's have: region, unique event ids, long sequence numbers, who deleted. */
export function toStreamRecords(records: JsonValue | undefined, context: RecordContext): JsonObject[] {
  if (!Array.isArray(records)) return [];
  return records.flatMap((record) =>
    isJsonObject(record) && !changesNothing(record) ? [complete(record, context)] : [],
  );
}

/** A write that leaves an item as it was makes no record on AWS, but does in the engine. */
function changesNothing({ eventName, dynamodb }: JsonObject): boolean {
  if (eventName !== 'MODIFY' || !isJsonObject(dynamodb)) return false;
  const { NewImage, OldImage } = dynamodb;
  return NewImage !== undefined && isDeepStrictEqual(NewImage, OldImage);
}

function complete({ userIdentity, ...record }: JsonObject, { region, table }: RecordContext): JsonObject {
  const change = isJsonObject(record.dynamodb) ? record.dynamodb : {};
  const sequenceNumber = String(change.SequenceNumber);
  const identity = [table, sequenceNumber, change.ApproximateCreationDateTime].join('\n');
  return {
    ...record,
    eventID: createHash('md5').update(identity).digest('hex'),
    awsRegion: region,
    dynamodb: { ...change, SequenceNumber: toLongSequenceNumber(sequenceNumber) },
    ...(isJsonObject(userIdentity) && { userIdentity: toApiIdentity(userIdentity) }),
  };
}

/** The engine spells the members in small letters, as the event of a Lambda function does, the Streams API in capitals. */
function toApiIdentity({ type, principalId }: JsonObject): JsonObject {
  return { Type: type ?? null, PrincipalId: principalId ?? null };
}

/** The form of sequence numbers on AWS. */
export function toLongSequenceNumber(sequenceNumber: string): string {
  return sequenceNumber.padStart(sequenceDigits, '0');
}

/** The table that one of the engine's shard iterators belongs to, or undefined when it is not one. */
export function tableOfIterator(iterator: JsonValue | undefined): string | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(String(iterator), 'base64').toString());
    return isJsonObject(content) && typeof content.table_name === 'string' ? content.table_name : undefined;
  } catch {
    return undefined;
  }
}
