import { AwsError } from '../core/aws-error.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import type { TableAction } from './dynamodb-api.ts';
import type { Engine } from './engine.ts';
import { required } from './required.ts';
import type { StreamHistory } from './stream-history.ts';
import { tableOfIterator, toLongSequenceNumber, toStreamRecords } from './stream-records.ts';
import type { TableFacts, TableStream } from './table-facts.ts';
import { toCallersArns } from './translate-arns.ts';

type Parts = {
  readonly engine: Engine;
  readonly facts: TableFacts;
  readonly history: Pick<StreamHistory, 'first'>;
};

const prefix = 'DynamoDBStreams_20120810';

/** The actions of DynamoDB Streams in which the engine differs from AWS, or reads the whole history for its answer. */
export function streamActions({ engine, facts, history }: Parts): Readonly<Record<string, TableAction>> {
  /** The engine looks at the table's name only, so that a stream of an earlier table of that name seems to exist. */
  const existing = (input: JsonObject, region: string): { readonly table: string; readonly stream: TableStream } => {
    const streamArn = required(input, 'StreamArn');
    const table = streamArn.split('/')[1] ?? '';
    const stream = facts.stream(table);
    if (stream?.arn === streamArn) return { table, stream };
    const name = toCallersArns(streamArn, region);
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream: ${name} not found`);
  };

  return {
    async DescribeStream(input, region) {
      const { table, stream } = existing(input, region);
      // An open shard has no ending sequence number.
      const shard = {
        ShardId: shardOf(table),
        SequenceNumberRange: { StartingSequenceNumber: toLongSequenceNumber(String(history.first(table) ?? 1)) },
      };
      return {
        StreamDescription: {
          StreamArn: stream.arn,
          StreamLabel: stream.label,
          StreamStatus: 'ENABLED',
          StreamViewType: stream.viewType,
          TableName: table,
          CreationRequestDateTime: stream.createdAt,
          KeySchema: stream.keySchema,
          Shards: input.ExclusiveStartShardId === undefined ? [shard] : [],
        },
      };
    },

    async GetShardIterator(input, region) {
      const { table } = existing(input, region);
      const first = history.first(table);
      const from = firstWanted(input);
      if (from !== undefined && first !== undefined && from < first) {
        throw new AwsError(
          'TrimmedDataAccessException',
          `The operation attempted to read past the oldest stream record in the shard ${String(input.ShardId)}`,
        );
      }
      return engine.call('GetShardIterator', input, prefix);
    },

    async GetRecords(input, region) {
      checkRecordLimit(input.Limit);
      const table = tableOfIterator(input.ShardIterator);
      if (table === undefined) throw new AwsError('ValidationException', 'Invalid ShardIterator');
      const { Records, ...rest } = await engine.call('GetRecords', input, prefix);
      return { ...rest, Records: toStreamRecords(Records, { region, table }) };
    },
  };
}

/** The engine keeps one shard a table and names it so. */
export function shardOf(table: string): string {
  return `shardId-00000001-${table}`;
}

/** The sequence number that the first record has to have; numbers of one stream have no gaps. */
function firstWanted({ ShardIteratorType: type, SequenceNumber }: JsonObject): number | undefined {
  const number = Number(SequenceNumber);
  if (Number.isNaN(number)) return undefined;
  if (type === 'AT_SEQUENCE_NUMBER') return number;
  return type === 'AFTER_SEQUENCE_NUMBER' ? number + 1 : undefined;
}

function checkRecordLimit(limit: JsonValue | undefined): void {
  if (limit === undefined || (Number(limit) >= 1 && Number(limit) <= 1000)) return;
  const bound = Number(limit) < 1 ? 'greater than or equal to 1' : 'less than or equal to 1000';
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${String(limit)}' at 'limit' failed to satisfy constraint: Member must have value ${bound}`,
  );
}
