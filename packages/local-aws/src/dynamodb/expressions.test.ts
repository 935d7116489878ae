import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { canonicalNumber } from './canonical-numbers.ts';
import { startDynamoDbEdge, type TestEdge } from './dynamodb-edge.fixture.ts';

const TableName = 'things';
const Key = { pk: { S: 'p' }, sk: { S: 'b' } };

describe('expressions that the engine reads in another way than AWS', () => {
  let edge: TestEdge;
  let client: DynamoDBClient;

  before(async () => {
    edge = await startDynamoDbEdge();
    client = new DynamoDBClient(edge.clientConfig);
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['pk', 'sk', 'kind'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-kind',
            KeySchema: [
              { AttributeName: 'kind', KeyType: 'HASH' },
              { AttributeName: 'pk', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
    for (const sk of ['a', 'b', 'c']) {
      await client.send(new PutItemCommand({ TableName, Item: { pk: { S: 'p' }, sk: { S: sk }, kind: { S: 'k' } } }));
    }
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  for (const [condition, found] of [
    ['sk = :b AND pk = :p', ['b']],
    ['sk=:b and pk=:p', ['b']],
    ['(sk = :b) AND (pk = :p)', ['b']],
    ['((sk = :b) AND pk = :p)', ['b']],
    ['sk > :b AND pk = :p', ['c']],
    ['sk BETWEEN :a AND :b AND pk = :p', ['a', 'b']],
    ['begins_with(sk, :b) AND pk = :p', ['b']],
    ['#s = :b AND #p = :p', ['b']],
    ['pk = :p AND sk = :b', ['b']],
    ['pk = :p', ['a', 'b', 'c']],
  ] as const) {
    it(`the key condition ${condition}`, async () => {
      const values = { ':a': { S: 'a' }, ':b': { S: 'b' }, ':p': { S: 'p' } };
      const used = Object.entries(values).filter(([name]) => condition.includes(name));
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: condition,
          ExpressionAttributeValues: Object.fromEntries(used),
          ...(condition.includes('#') ? { ExpressionAttributeNames: { '#s': 'sk', '#p': 'pk' } } : {}),
        }),
      );
      assert.deepEqual(
        Items.map(({ sk }) => sk?.S),
        found,
      );
    });
  }

  it('a key condition of an index with the sort key first', async () => {
    const { Count } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-kind',
        KeyConditionExpression: 'pk = :p AND kind = :k',
        ExpressionAttributeValues: { ':p': { S: 'p' }, ':k': { S: 'k' } },
      }),
    );
    assert.equal(Count, 3);
  });

  it('elements of number sets are identified by their value', async () => {
    const set = async (expression: string, NS: string[]) => {
      const change = { UpdateExpression: expression, ExpressionAttributeValues: { ':v': { NS } } };
      await client.send(new UpdateItemCommand({ TableName, Key, ...change }));
      const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
      return Item?.numbers?.NS;
    };
    assert.deepEqual(await set('SET numbers = :v', ['1', '2', '3']), ['1', '2', '3']);
    assert.deepEqual(await set('DELETE numbers :v', ['1.0', '20e-1']), ['3']);
    assert.deepEqual(await set('ADD numbers :v', ['3.00', '4']), ['3', '4']);
    const Update = { TableName, Key, UpdateExpression: 'DELETE numbers :v' };
    const ExpressionAttributeValues = { ':v': { NS: ['+3.'] } };
    const TransactItems = [{ Update: { ...Update, ExpressionAttributeValues } }];
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    assert.deepEqual(Item?.numbers?.NS, ['4']);
  });

  it('canonical numbers keep their value, and have one notation', () => {
    const digits = fc.stringMatching(/^\d{1,12}$/);
    fc.assert(
      fc.property(
        digits,
        digits,
        fc.integer({ min: -9, max: 9 }),
        fc.constantFrom('', '-', '+'),
        (a, b, power, sign) => {
          const canonical = canonicalNumber(`${sign}${a}.${b}e${power}`);
          assert.match(canonical, /^(?:0|-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?)$/);
          // Compared as whole numbers, which lose no digit.
          const shifted = canonicalNumber(`${sign}${a}.${b}e${power + 30}`);
          const expected = BigInt(`${a}${b}`) * 10n ** BigInt(30 + power - b.length) * (sign === '-' ? -1n : 1n);
          assert.equal(BigInt(shifted), expected);
          assert.equal(canonicalNumber(`${canonical}e30`), shifted);
        },
      ),
    );
    for (const text of ['', '.', 'x', '1e', 'e5', '1 ', '--1']) assert.equal(canonicalNumber(text), text);
  });

  describe('a transaction', () => {
    const run = (...TransactItems: TransactWriteItem[]) =>
      client.send(new TransactWriteItemsCommand({ TransactItems }));
    const put = { Put: { TableName, Item: { pk: { S: 'new' }, sk: { S: 'new' } } } };
    const update = (
      UpdateExpression: string,
      values?: Record<string, AttributeValue>,
      names?: Record<string, string>,
    ) => ({
      Update: {
        TableName,
        Key,
        UpdateExpression,
        ExpressionAttributeValues: values,
        ExpressionAttributeNames: names,
      },
    });
    const value = { ':v': { S: 'x' } };

    it('with a malformed expression is refused, not cancelled', async () => {
      for (const [item, message] of [
        [update('SETT a = :v', value), /^Invalid UpdateExpression: Syntax error; token: "SETT"/],
        [update('SET a = :v'), /attribute value: :v$/],
        [update('SET a = :v', { ...value, ':w': { S: 'x' } }), /unused in expressions: keys: \{:w\}/],
        [update('SET status = :v', value), /reserved keyword: status/],
        [{ ConditionCheck: { TableName, Key, ConditionExpression: 'a =' } }, /got end of expression/],
        [{ Delete: { TableName, Key, ConditionExpression: 'attribute_exist(pk)' } }, /function: attribute_exist/],
      ] as const) {
        await assert.rejects(run(put, item), (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
          assert.deepEqual([error.name, error.$metadata?.httpStatusCode], ['ValidationException', 400]);
          assert.match(error.message, message);
          return true;
        });
      }
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: put.Put.Item }));
      assert.equal(Item, undefined);
    });

    it('that does not fit an item is cancelled', async () => {
      await assert.rejects(run(put, update('SET a = sk + :v', { ':v': { N: '1' } })), {
        name: 'TransactionCanceledException',
      });
    });

    it('does not change keys', async () => {
      for (const [item, key] of [
        [update('SET a = :v, sk = :v', value), 'sk'],
        [update('SET a = if_not_exists(a, :v), #k = :v', value, { '#k': 'pk' }), 'pk'],
        [update('SET a = :v REMOVE b, sk', value), 'sk'],
      ] as const) {
        await assert.rejects(run(put, item), (error: Error & { CancellationReasons?: unknown }) => {
          assert.equal(error.name, 'TransactionCanceledException');
          assert.match(error.message, /\[None, ValidationError\]$/);
          const Message = `One or more parameter values were invalid: Cannot update attribute ${key}. This attribute is part of the key`;
          assert.deepEqual(error.CancellationReasons, [{ Code: 'None' }, { Code: 'ValidationError', Message }]);
          return true;
        });
      }
      await run(update('SET a = sk, b.sk = :v', value)).catch(({ name }: Error) => {
        assert.equal(name, 'TransactionCanceledException', 'b is no map, and its member sk no key');
      });
      await run(update('SET a = sk', undefined));
      const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
      assert.equal(Item?.a?.S, 'b');
    });
  });
});
