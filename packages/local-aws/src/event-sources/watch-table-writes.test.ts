import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AwsRequest } from '../core/aws-api.ts';
import { watchTableWrites } from './watch-table-writes.ts';

const request = (action: string, input: object): AwsRequest => ({
  requestId: 'r',
  service: 'dynamodb',
  region: 'us-east-1',
  principal: { kind: 'account', arn: 'arn:aws:iam::000000000000:root' },
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: { 'x-amz-target': `DynamoDB_20120810.${action}` },
  body: Buffer.from(JSON.stringify(input)),
});

async function tablesTold(action: string, input: object, status = 200): Promise<string[]> {
  const told: string[] = [];
  const api = watchTableWrites(
    async () => ({ status, headers: {}, body: '' }),
    (names) => told.push(...names),
  );
  await api(request(action, input));
  return told;
}

const Item = { pk: { S: '"TableName":"no"' } };
const cases: [action: string, input: object, expected: string[]][] = [
  ['PutItem', { TableName: 'things', Item: { pk: { S: 'a' } } }, ['things']],
  ['UpdateItem', { TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/things', Key: {} }, ['things']],
  ['DeleteItem', { Key: {}, TableName: 'things' }, ['things']],
  [
    'BatchWriteItem',
    { RequestItems: { things: [{ PutRequest: { Item: {} } }], 'more.things': [{ DeleteRequest: { Key: {} } }] } },
    ['things', 'more.things'],
  ],
  [
    'TransactWriteItems',
    { TransactItems: [{ Put: { TableName: 'one', Item: {} } }, { Delete: { TableName: 'two', Key: {} } }] },
    ['one', 'two'],
  ],
  ['ExecuteStatement', { Statement: `INSERT INTO "things" VALUE {'pk':'a'}` }, ['things']],
  ['ExecuteStatement', { Statement: `update things set n=1 where pk='a'` }, ['things']],
  ['GetItem', { TableName: 'things', Key: {} }, []],
  ['Query', { TableName: 'things' }, []],
];

describe('watching table writes', () => {
  for (const [action, input, expected] of cases) {
    it(`${action} tells ${expected.join(' and ') || 'nothing'}`, async () => {
      assert.deepEqual(await tablesTold(action, input), expected);
    });
  }

  it('tells nothing of a write that failed', async () => {
    assert.deepEqual(await tablesTold('PutItem', { TableName: 'things', Item }, 400), []);
  });
});
