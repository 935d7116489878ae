import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** Sequence numbers have at least this many digits on AWS, which also makes them sort as text. */
const sequenceDigits = 21;

/** The API spells the members in capitals, the event of a Lambda function in small letters. */
const serviceIdentity = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' };

type RecordContext = {
  readonly region: string;
  readonly table: string;
  /** Whether the record of this sequence number was caused by time to live. */
  readonly wasExpired: (table: string, sequenceNumber: string) => boolean;
};

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

function complete(record: JsonObject, { region, table, wasExpired }: RecordContext): JsonObject {
  const change = isJsonObject(record.dynamodb) ? record.dynamodb : {};
  const sequenceNumber = String(change.SequenceNumber);
  const identity = [table, sequenceNumber, change.ApproximateCreationDateTime].join('\n');
  return {
    ...record,
    eventID: createHash('md5').update(identity).digest('hex'),
    awsRegion: region,
    dynamodb: { ...change, SequenceNumber: toLongSequenceNumber(sequenceNumber) },
    ...(wasExpired(table, sequenceNumber) ? { userIdentity: serviceIdentity } : {}),
  };
}

/** An open shard has no end; the engine gives it one, and the wrong one at that. */
export function toStreamDescription(description: JsonObject): JsonObject {
  const shards = Array.isArray(description.Shards) ? description.Shards.filter(isJsonObject) : [];
  return {
    ...description,
    Shards: shards.map((shard) => {
      const range = isJsonObject(shard.SequenceNumberRange) ? shard.SequenceNumberRange : {};
      const first = toLongSequenceNumber(String(range.StartingSequenceNumber ?? '1'));
      return { ...shard, SequenceNumberRange: { StartingSequenceNumber: first } };
    }),
  };
}

function toLongSequenceNumber(sequenceNumber: string): string {
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
