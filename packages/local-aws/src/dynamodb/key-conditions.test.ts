import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttributeValue, CreateTableCommand, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoDbEdge } from './dynamodb-edge.fixture.ts';

test('a query by a key of another type is refused, on tables and on indexes', async (t) => {
  const edge = await startDynamoDbEdge();
  const client = new DynamoDBClient(edge.clientConfig);
  t.after(async () => {
    client.destroy();
    await edge.close();
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'events',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'and-then', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'and-then', AttributeType: 'N' },
        { AttributeName: 'weekday', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-weekday',
          KeySchema: [
            { AttributeName: 'weekday', KeyType: 'HASH' },
            { AttributeName: 'id', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  const query = (KeyConditionExpression: string, values: Record<string, AttributeValue>, IndexName?: string) =>
    client.send(
      new QueryCommand({
        TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/events',
        IndexName,
        KeyConditionExpression,
        ExpressionAttributeNames: KeyConditionExpression.includes('#n') ? { '#n': 'and-then' } : undefined,
        ExpressionAttributeValues: values,
      }),
    );
  const text = { S: '1' };
  const number = { N: '1' };
  const refusal = {
    name: 'ValidationException',
    message: 'One or more parameter values were invalid: Condition parameter type does not match schema type',
  };
  await assert.rejects(query('id = :a', { ':a': number }), refusal);
  await assert.rejects(query('id=:a AND #n > :b', { ':a': text, ':b': text }), refusal);
  await assert.rejects(query('#n BETWEEN :b and :c and id=:a', { ':a': text, ':b': number, ':c': text }), refusal);
  await assert.rejects(query('id = :a', { ':a': { BOOL: true } }), refusal);
  await assert.rejects(query('weekday = :d', { ':d': text }, 'by-weekday'), refusal);
  await assert.rejects(
    query('weekday = :d and begins_with(id, :a)', { ':d': number, ':a': number }, 'by-weekday'),
    refusal,
  );

  for (const { Count } of [
    await query('id = :a', { ':a': text }),
    await query('#n between :b and :c and id = :a', { ':a': text, ':b': number, ':c': number }),
    await query('weekday = :d and begins_with(id, :a)', { ':d': number, ':a': text }, 'by-weekday'),
  ]) {
    assert.equal(Count, 0);
  }
});
