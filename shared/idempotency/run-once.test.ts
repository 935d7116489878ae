import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { IdempotencyAlreadyInProgressError, IdempotencyValidationError } from '@aws-lambda-powertools/idempotency';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { runOnce } from './run-once.ts';

const engine = await startDynamoDbEngine();
after(() => engine[Symbol.asyncDispose]());
const client = new DynamoDBClient({
  endpoint: engine.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
after(() => client.destroy());
const table = await createTemplateTable(engine.endpoint, 'shared/serverless/idempotency-table.yml', 'IdempotencyTable');
const run = runOnce(client, table, 'test');
const remainingTime = () => 10_000;
let runs = 0;
const work = async () => `run ${++runs}`;

describe('running once', () => {
  it('returns for a key what it returned before', async () => {
    const first = await run({ key: 'same', remainingTime }, work);
    assert.equal(await run({ key: 'same', remainingTime }, work), first);
    assert.notEqual(await run({ key: 'other', remainingTime }, work), first);
  });

  it('keeps the keys of operations apart', async () => {
    const first = await run({ key: 'shared', remainingTime }, work);
    assert.notEqual(await runOnce(client, table, 'another')({ key: 'shared', remainingTime }, work), first);
  });

  it('refuses another payload', async () => {
    await run({ key: 'payload', payload: { a: 1, b: 2 }, remainingTime }, work);
    await run({ key: 'payload', payload: { b: 2, a: 1 }, remainingTime }, work);
    await assert.rejects(run({ key: 'payload', payload: { a: 2 }, remainingTime }, work), IdempotencyValidationError);
  });

  it('lets a run that failed be repeated', async () => {
    const failure = new Error('no');
    await assert.rejects(
      run({ key: 'failed', remainingTime }, () => Promise.reject(failure)),
      failure,
    );
    assert.match(await run({ key: 'failed', remainingTime }, work), /^run/);
  });

  it('refuses a second run until the time of the first is up, and then takes it for dead', async () => {
    const never = new Promise<string>(() => {});
    // A run that neither ends nor fails is one whose process was killed.
    void run({ key: 'dead', remainingTime: () => 300 }, () => never);
    let answer: string | undefined;
    let refusals = 0;
    while (answer === undefined) {
      answer = await run({ key: 'dead', remainingTime }, work).catch((error: unknown) => {
        assert.ok(error instanceof IdempotencyAlreadyInProgressError, String(error));
        refusals += 1;
        return undefined;
      });
    }
    assert.ok(refusals > 0);
    assert.match(answer, /^run/);
  });
});
