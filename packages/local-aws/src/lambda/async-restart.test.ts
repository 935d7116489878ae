import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InvokeCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { memoryState } from '../core/memory-state.fixture.ts';
import type { StateStore } from '../core/state-store.ts';
import { until } from '../testing/until.ts';
import { type Fixture, startLambda } from './lambda.fixture.ts';
import { queuedEventSchema } from './queued-event.ts';

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:results';

function failuresOf({ logs }: Fixture): number {
  return (logs.get('/aws/lambda/fails') ?? []).filter((line) => line.startsWith('END')).length;
}

function keptEvents(state: StateStore) {
  return [...state.collection('lambda/async-events', queuedEventSchema).entries()];
}

test('an event that waits for its retry is tried again after a restart, and then its destination gets the record', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'async-restart-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const state = memoryState(directory);
  const before = await startLambda(t, { state });
  await before.define('fails', `exports.handler = async () => { throw new Error('no'); }`);
  const DestinationConfig = { OnFailure: { Destination: queueArn } };
  const retries = { FunctionName: 'fails', MaximumRetryAttempts: 1, DestinationConfig };
  await before.client.send(new PutFunctionEventInvokeConfigCommand(retries));
  await before.client.send(new InvokeCommand({ FunctionName: 'fails', InvocationType: 'Event', Payload: '{"n":1}' }));
  await until('the first try', () => failuresOf(before) === 1);
  await until('its retry to be kept', () => JSON.stringify(keptEvents(state)).includes('"attempts":1'));
  await before.lambda.close();

  const after = await startLambda(t, { state });
  after.lambda.resume();
  assert.equal(failuresOf(after), 0);
  await after.clock.advance(60_000);
  await until('the destination to be told', () => after.deliveries.length === 1);
  assert.equal(failuresOf(after), 1);
  assert.equal(after.deliveries[0]?.destinationArn, queueArn);
  assert.match(after.deliveries[0]?.body ?? '', /"condition":"RetriesExhausted","approximateInvokeCount":2/);
  await until('nothing to be left', () => keptEvents(state).length === 0);
});
