import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { ManualClock } from '../core/clock.ts';
import { until } from '../testing/until.ts';
import { startDynamoDbEdge } from './dynamodb-edge.fixture.ts';

describe('time to live', () => {
  // The second name has no form that an index could have: the table is scanned.
  for (const attribute of ['expires-at', 'läuft "ab"']) {
    it(`deletes every item past its time, by the attribute ${attribute}`, async () => {
      const clock = new ManualClock();
      const edge = await startDynamoDbEdge({ clock });
      const client = new DynamoDBClient(edge.clientConfig);
      const TableName = 'expiring';
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      );
      const specify = (Enabled: boolean, AttributeName: string) =>
        client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } }));
      await specify(true, 'another');
      await specify(false, 'another');
      await specify(true, attribute);

      const now = Math.floor(clock.now() / 1000);
      const times: Record<string, { N: string } | { S: string } | undefined> = {
        kept: { N: String(now + 3600) },
        text: { S: String(now) },
        none: undefined,
        ...Object.fromEntries(Array.from({ length: 246 }, (_, n) => [`gone-${n}`, { N: `${now - (n % 3)}.0` }])),
      };
      const puts = Object.entries(times).map(([id, time]) => ({
        PutRequest: { Item: { id: { S: id }, another: { N: '1' }, ...(time && { [attribute]: time }) } },
      }));
      while (puts.length > 0) {
        await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts.splice(0, 25) } }));
      }
      await clock.advance(60_000);
      const ids = async () =>
        ((await client.send(new ScanCommand({ TableName }))).Items ?? []).map(({ id }) => id?.S).sort();
      await until('the deletions', async () => (await ids()).length <= 3);
      assert.deepEqual(await ids(), ['kept', 'none', 'text']);
      client.destroy();
      await edge.close();
    });
  }
});
