import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { lambdaRecord } from '#tools/redrive/lambda-record.ts';

export type StreamReader = {
  /** The records since the last call, as functions get them. */
  read(): Promise<readonly DynamoDBRecord[]>;
  close(): void;
};

/** Reads the stream of a table, which has one shard in the engine, from its beginning. */
export async function streamReader(endpoint: string, tableName: string): Promise<StreamReader> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBStreamsClient({ endpoint, region: 'us-east-1', credentials });
  const { Streams } = await client.send(new ListStreamsCommand({ TableName: tableName }));
  const StreamArn = Streams?.[0]?.StreamArn;
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const started = await client.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  let iterator = started.ShardIterator;
  return {
    async read() {
      const read: DynamoDBRecord[] = [];
      for (;;) {
        const { Records = [], NextShardIterator } = await client.send(
          new GetRecordsCommand({ ShardIterator: iterator }),
        );
        iterator = NextShardIterator;
        read.push(...Records.map((record) => lambdaRecord(record, StreamArn ?? '')));
        if (Records.length === 0) return read;
      }
    },
    close: () => client.destroy(),
  };
}
