import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { until } from '../testing/until.ts';
import { startMappings } from './mappings.fixture.ts';

const kills = 3;
const writers = 8;

const insert = z.object({ dynamodb: z.object({ Keys: z.object({ id: z.object({ S: z.string() }) }) }) });

describe('the end of the DynamoDB engine under load', () => {
  it('loses no acknowledged write, and the consumers of its streams go on', async () => {
    const seen = new Set<string>();
    await using endpoint = await startMappings(
      {
        consumer: ({ Records }) => {
          for (const record of Records) seen.add(insert.parse(record).dynamodb.Keys.id.S);
          return {};
        },
      },
      { withDynamoDb: true },
    );
    const { lambda, engineExits, enginePid } = endpoint;
    // As by default: the SDK retries what the engine could not answer.
    const client = new DynamoDBClient({ ...endpoint.config, maxAttempts: 3 });
    const { TableDescription } = await client.send(
      new CreateTableCommand({
        TableName: 'loaded',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'consumer',
        EventSourceArn: TableDescription?.LatestStreamArn,
        StartingPosition: 'TRIM_HORIZON',
      }),
    );

    const acknowledged: string[] = [];
    let isStopped = false;
    let next = 0;
    const write = async (): Promise<void> => {
      while (!isStopped) {
        const id = String(next++);
        await client.send(new PutItemCommand({ TableName: 'loaded', Item: { id: { S: id } } }));
        acknowledged.push(id);
      }
    };
    const load = Promise.all(Array.from({ length: writers }, write));
    for (let kill = 1; kill <= kills; kill += 1) {
      const before = acknowledged.length;
      await until('writes', () => acknowledged.length > before + 100);
      process.kill((await until('an engine', enginePid)) ?? 0, 'SIGKILL');
      await until('its end', () => engineExits.length === kill);
    }
    const before = acknowledged.length;
    await until('writes after the last restart', () => acknowledged.length > before + 100);
    isStopped = true;
    await load;

    for (const id of acknowledged) {
      const { Item } = await client.send(new GetItemCommand({ TableName: 'loaded', Key: { id: { S: id } } }));
      assert.deepEqual(Item, { id: { S: id } });
    }
    await until('every write in the stream', () => acknowledged.every((id) => seen.has(id)));
    client.destroy();
  });
});
