import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byId, readAnswer } from './batch-item-failures.ts';

const records = ['a', 'b', 'c'].map((id) => ({ id, event: {} }));

const read = (payload: string, reportsFailures = true, functionError?: 'Unhandled') =>
  readAnswer(
    {
      statusCode: 200,
      requestId: 'r',
      executedVersion: '$LATEST',
      logTail: '',
      payload: Buffer.from(payload),
      ...(functionError !== undefined && { functionError }),
    },
    reportsFailures,
    byId(records),
  );

describe('answer of a function to a batch', () => {
  for (const payload of ['null', '{}', '', '{"batchItemFailures":[]}', '{"batchItemFailures":null}', '{"other":1}']) {
    it(`is success: ${payload || 'nothing'}`, () => {
      assert.deepEqual(read(payload), { kind: 'processed' });
    });
  }

  for (const payload of [
    '{',
    '"text"',
    '[]',
    '7',
    '{"batchItemFailures":"a"}',
    '{"batchItemFailures":[{"itemIdentifier":""}]}',
    '{"batchItemFailures":[{"itemIdentifier":null}]}',
    '{"batchItemFailures":[{"itemIdentifier":"unknown"}]}',
    '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"unknown"}]}',
    '{"batchItemFailures":[{"itemIdentifer":"a"}]}',
    '{"batchItemFailures":[{"itemIdentifier":1}]}',
    '{"batchItemFailures":["a"]}',
  ]) {
    it(`fails the whole batch: ${payload}`, () => {
      assert.equal(read(payload).kind, 'failed');
    });
  }

  it('names the failed items, twice or once', () => {
    const outcome = read(
      '{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}',
    );
    assert.ok(outcome.kind === 'partly');
    assert.deepEqual([...outcome.failed], ['b', 'c']);
  });

  it('means nothing when failures are not reported', () => {
    assert.deepEqual(read('{"batchItemFailures":[{"itemIdentifier":"a"}]}', false), { kind: 'processed' });
    assert.deepEqual(read('"text"', false), { kind: 'processed' });
  });

  it('fails the whole batch with a function error, whatever it says', () => {
    assert.equal(read('{"batchItemFailures":[]}', true, 'Unhandled').kind, 'failed');
    assert.equal(read('null', false, 'Unhandled').kind, 'failed');
  });
});
