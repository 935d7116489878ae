import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyPersistenceLayerError,
  IdempotencyValidationError,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
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

  it('keeps an answer for a day, in seconds as DynamoDB counts them', async () => {
    const earliest = Math.floor(Date.now() / 1000) + 86_400;
    await runOnce(client, table, 'kept')({ key: 'day', remainingTime }, work);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    const kept = Items.filter(({ id }) => id?.S?.startsWith('kept#')).map(({ expiration }) => Number(expiration?.N));
    assert.equal(kept.length, 1);
    const latest = Math.ceil(Date.now() / 1000) + 86_400;
    assert.ok(
      kept.every((at) => at >= earliest && at <= latest),
      `${kept}`,
    );
  });

  it('refuses to run what has no key', async () => {
    await assert.rejects(run({ key: '', remainingTime }, work), IdempotencyPersistenceLayerError);
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
