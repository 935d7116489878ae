import * as z from 'zod';
import type { AwsClient } from '../core/aws-client.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';

export const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/things/stream/2026-01-01T00:00:00.000';

type Shard = { id: string; parentId?: string; isClosed: boolean; records: JsonObject[] };

const describeSchema = z.object({ ExclusiveStartShardId: z.string().optional() });
const iteratorSchema = z.object({
  ShardId: z.string(),
  ShardIteratorType: z.enum(['LATEST', 'TRIM_HORIZON', 'AFTER_SEQUENCE_NUMBER']),
  SequenceNumber: z.string().optional(),
});
const recordsSchema = z.object({ ShardIterator: z.string(), Limit: z.number() });

/** DynamoDB Streams as a pure model: shards that split, iterators that expire, two shards a page. */
export class ModelStream {
  readonly clock: Clock;
  readonly calls: string[] = [];
  /** Makes the next call of an action fail. */
  readonly failures = new Map<string, AwsError>();
  readonly #shards: Shard[] = [{ id: 'shard-0', isClosed: false, records: [] }];
  #sequence = 0;
  #epoch = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Writes to the open shard; yields the sequence number. */
  put(pk: string, sk = '', payload = ''): string {
    const sequenceNumber = String(++this.#sequence).padStart(21, '0');
    this.#open().records.push({
      eventID: `event-${this.#sequence}`,
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.clock.now() / 1000),
        Keys: { sk: { S: sk }, pk: { S: pk } },
        NewImage: { sk: { S: sk }, pk: { S: pk }, payload: { S: payload } },
        SequenceNumber: sequenceNumber,
        SizeBytes: 10,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    return sequenceNumber;
  }

  /** Closes the open shard and opens the next one. */
  roll(): void {
    const parent = this.#open();
    parent.isClosed = true;
    this.#shards.push({ id: `shard-${this.#shards.length}`, parentId: parent.id, isClosed: false, records: [] });
  }

  expireIterators(): void {
    this.#epoch += 1;
  }

  readonly aws: AwsClient = async ({ action, input }) => {
    this.calls.push(action);
    const failure = this.failures.get(action);
    this.failures.delete(action);
    if (failure !== undefined) throw failure;
    switch (action) {
      case 'DescribeStream':
        return this.#describe(input);
      case 'GetShardIterator':
        return this.#iterator(input);
      case 'GetRecords':
        return this.#read(input);
      default:
        throw new AwsError('UnknownOperationException', action);
    }
  };

  #open(): Shard {
    const shard = this.#shards.at(-1);
    if (shard === undefined) throw new Error('the model has no shard');
    return shard;
  }

  #shard(id: string): Shard {
    const shard = this.#shards.find((candidate) => candidate.id === id);
    if (shard === undefined) throw new AwsError('ResourceNotFoundException', `Shard ${id} not found`);
    return shard;
  }

  #describe(input: JsonObject): JsonObject {
    const { ExclusiveStartShardId: after } = describeSchema.parse(input);
    const from = after === undefined ? 0 : this.#shards.findIndex(({ id }) => id === after) + 1;
    const page = this.#shards.slice(from, from + 2);
    const last = page.at(-1)?.id ?? '';
    return {
      StreamDescription: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        Shards: page.map(({ id, parentId }) => ({
          ShardId: id,
          ...(parentId !== undefined && { ParentShardId: parentId }),
        })),
        ...(from + 2 < this.#shards.length && { LastEvaluatedShardId: last }),
      },
    };
  }

  #iterator(input: JsonObject): JsonObject {
    const { ShardId, ShardIteratorType, SequenceNumber = '' } = iteratorSchema.parse(input);
    const { records } = this.#shard(ShardId);
    const position = { LATEST: records.length, TRIM_HORIZON: 0, AFTER_SEQUENCE_NUMBER: 0 }[ShardIteratorType];
    const after = records.filter(({ dynamodb }) => JSON.stringify(dynamodb).includes(SequenceNumber))[0];
    const from = ShardIteratorType === 'AFTER_SEQUENCE_NUMBER' && after ? records.indexOf(after) + 1 : position;
    return { ShardIterator: `${ShardId}/${from}/${this.#epoch}` };
  }

  #read(input: JsonObject): JsonObject {
    const { ShardIterator, Limit } = recordsSchema.parse(input);
    const [shardId = '', from = '', epoch = ''] = ShardIterator.split('/');
    if (Number(epoch) !== this.#epoch) throw new AwsError('ExpiredIteratorException', 'Iterator expired');
    const { records, isClosed } = this.#shard(shardId);
    const page = records.slice(Number(from), Number(from) + Limit);
    const next = Number(from) + page.length;
    const isEnd = isClosed && next === records.length;
    return { Records: page, ...(!isEnd && { NextShardIterator: `${shardId}/${next}/${this.#epoch}` }) };
  }
}
