import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  paginateQuery,
  paginateScan,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { startDynamoDbEdge, type TestEdge } from './dynamodb-edge.fixture.ts';

const items = 10_025;

describe('a page without a limit', () => {
  let edge: TestEdge;
  let client: DynamoDBClient;

  before(async () => {
    edge = await startDynamoDbEdge();
    client = new DynamoDBClient(edge.clientConfig);
    await client.send(
      new CreateTableCommand({
        TableName: 'large',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    for (let written = 0; written < items; written += 25) {
      const puts = Array.from({ length: 25 }, (_, index) => ({
        PutRequest: { Item: { pk: { S: 'one' }, sk: { S: String(written + index) } } },
      }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { large: puts } }));
    }
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  async function sizes(pages: AsyncIterable<QueryCommandOutput>): Promise<(number | undefined)[]> {
    const found: (number | undefined)[] = [];
    for await (const { Count } of pages) found.push(Count);
    return found;
  }

  it('ends after 10,000 items of a query, and the next page has the rest', async () => {
    const query = {
      TableName: 'large',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'one' } },
    };
    assert.deepEqual(await sizes(paginateQuery({ client }, query)), [10_000, 25]);
  });

  it('ends after 10,000 items of a scan, and the next page has the rest', async () => {
    assert.deepEqual(await sizes(paginateScan({ client }, { TableName: 'large' })), [10_000, 25]);
  });
});
