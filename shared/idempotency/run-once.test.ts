import {
  IdempotencyAlreadyInProgressError,
  IdempotencyPersistenceLayerError,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { createTemplateTable } from '#test/support/template-table.ts';
import { runOnce } from './run-once.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const client = new DynamoDBClient({
  endpoint: engine.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
afterAll(() => client.destroy());
const table = await createTemplateTable(engine.endpoint, 'shared/serverless/idempotency-table.yml', 'IdempotencyTable');
const run = runOnce(client, table, 'test');
const remainingTime = () => 10_000;
let runs = 0;
const work = async () => `run ${++runs}`;

describe('running once', () => {
  it('returns for a key what it returned before', async () => {
    const first = await run({ key: 'same', remainingTime }, work);
    expect(await run({ key: 'same', remainingTime }, work)).toBe(first);
    expect(await run({ key: 'other', remainingTime }, work)).not.toBe(first);
  });

  it('keeps the keys of operations apart', async () => {
    const first = await run({ key: 'shared', remainingTime }, work);
    expect(await runOnce(client, table, 'another')({ key: 'shared', remainingTime }, work)).not.toBe(first);
  });

  it('keeps an answer for a day, in seconds as DynamoDB counts them', async () => {
    const earliest = Math.floor(Date.now() / 1000) + 86_400;
    await runOnce(client, table, 'kept')({ key: 'day', remainingTime }, work);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    const kept = Items.filter(({ id }) => id?.S?.startsWith('kept#')).map(({ expiration }) => Number(expiration?.N));
    expect(kept).toHaveLength(1);
    const latest = Math.ceil(Date.now() / 1000) + 86_400;
    expect(kept.every((at) => at >= earliest && at <= latest)).toBe(true);
  });

  it('refuses to run what has no key', async () => {
    await expect(run({ key: '', remainingTime }, work)).rejects.toThrow(IdempotencyPersistenceLayerError);
  });

  it('lets a run that failed be repeated', async () => {
    const failure = new Error('no');
    await expect(run({ key: 'failed', remainingTime }, () => Promise.reject(failure))).rejects.toThrow(failure);
    expect(await run({ key: 'failed', remainingTime }, work)).toMatch(/^run/);
  });

  it('refuses a second run until the time of the first is up, and then takes it for dead', async () => {
    const started = Promise.withResolvers<void>();
    const timeUp = Date.now() + 10_000;
    const now = jest.spyOn(Date, 'now').mockReturnValue(timeUp - 10_000);
    // A run that neither ends nor fails is one whose process was killed.
    void run({ key: 'dead', remainingTime }, () => {
      started.resolve();
      return new Promise<string>(() => {});
    });
    await started.promise;
    now.mockReturnValue(timeUp - 1);
    await expect(run({ key: 'dead', remainingTime }, work)).rejects.toThrow(IdempotencyAlreadyInProgressError);
    now.mockReturnValue(timeUp + 1);
    expect(await run({ key: 'dead', remainingTime }, work)).toMatch(/^run/);
  });
});
