import { backOff } from '../core/back-off.ts';
import { type Clock, sleep } from '../core/clock.ts';
import type { Deliver, Invocation, Outcome, Report } from './source.ts';
import { splitBySize } from './split-by-size.ts';
import type { StreamRecord } from './stream-records.ts';

export type RetryPolicy = {
  /** -1 for no limit. */
  readonly maximumRetryAttempts: number;
  /** Seconds, -1 for no limit. */
  readonly maximumRecordAge: number;
  /** Whether a failing batch is split in two, down to the record that fails. */
  readonly bisects: boolean;
};

/** Records that will not be tried again. */
export type Discard = {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly records: readonly StreamRecord[];
  readonly invokeCount: number;
  /** The last one, when there was any. */
  readonly invocation: Invocation | undefined;
};

export type OrderedDelivery = {
  readonly clock: Clock;
  readonly deliver: Deliver<StreamRecord>;
  readonly retry: RetryPolicy;
  /** Called for records that were processed or discarded; they are never seen again. */
  readonly done: (records: readonly StreamRecord[]) => void;
  /** Hands discarded records to where failures go. Never throws. */
  readonly discard: (discard: Discard) => Promise<void>;
  readonly report: Report;
  readonly stopped: AbortSignal;
};

type Batch = {
  readonly records: readonly StreamRecord[];
  /** Tries that count towards the limit. */
  readonly failures: number;
  readonly refusals: number;
  readonly invokeCount: number;
  readonly invocation: Invocation | undefined;
};

const firstBackOffMs = 100;
const lastBackOffMs = 10_000;

/**
 * Delivers a batch of a stream, and what is left of it, until every record is processed or discarded, one part after
 * the other in order. Gives up without a trace once `stopped`: what is not done will be read again.
 */
export async function deliverInOrder(records: readonly StreamRecord[], delivery: OrderedDelivery): Promise<void> {
  const fresh = { failures: 0, refusals: 0, invokeCount: 0, invocation: undefined };
  const batches: Batch[] = splitBySize(records).map((part) => ({ ...fresh, records: part }));
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    if (delivery.stopped.aborted) return;
    const young = await dropAged(batch, delivery);
    if (young.records.length === 0) continue;
    const outcome = await delivery.deliver(young.records);
    delivery.report(outcome.kind === 'refused' || outcome.kind === 'failed' ? `PROBLEM: ${outcome.reason}` : 'OK');
    batches.unshift(...(await settle(young, outcome, delivery)));
  }
}

async function dropAged(batch: Batch, { clock, retry, discard, done }: OrderedDelivery): Promise<Batch> {
  if (retry.maximumRecordAge < 0) return batch;
  const oldest = clock.now() - retry.maximumRecordAge * 1000;
  const aged = batch.records.filter(({ createdAt }) => createdAt < oldest);
  if (aged.length === 0) return batch;
  await discard({ condition: 'RecordAgeExceeded', records: aged, ...batchHistory(batch) });
  done(aged);
  return { ...batch, records: batch.records.filter((record) => !aged.includes(record)) };
}

/** What is to be delivered next of a batch that came back. */
async function settle(batch: Batch, outcome: Outcome, delivery: OrderedDelivery): Promise<Batch[]> {
  const { clock, done, stopped } = delivery;
  switch (outcome.kind) {
    case 'processed':
      done(batch.records);
      return [];
    case 'refused': {
      // The function did not run, so that this does not count; only age ends it.
      await sleep(clock, backOff(batch.refusals, firstBackOffMs, lastBackOffMs), stopped);
      return [{ ...batch, refusals: batch.refusals + 1 }];
    }
    case 'partly': {
      // The lowest failed sequence number is the checkpoint: what comes after it is delivered again, failed or not.
      const { invocation } = outcome;
      const checkpoint = batch.records.findIndex(({ id }) => outcome.failed.has(id));
      if (checkpoint <= 0) return retryFailed(batch, invocation, delivery);
      done(batch.records.slice(0, checkpoint));
      // With some progress the retries of what is left begin anew.
      const rest = { ...batch, records: batch.records.slice(checkpoint), failures: 0, invokeCount: 0 };
      await sleep(clock, firstBackOffMs, stopped);
      return [{ ...rest, refusals: 0, invocation }];
    }
    case 'failed':
      return retryFailed(batch, outcome.invocation, delivery);
  }
}

async function retryFailed(
  { records, failures, invokeCount: count }: Batch,
  invocation: Invocation | undefined,
  { clock, retry, discard, done, stopped }: OrderedDelivery,
): Promise<Batch[]> {
  const next = { refusals: 0, invokeCount: count + 1, invocation };
  if (retry.bisects && records.length > 1) {
    // Splitting does not use up retries.
    const middle = Math.ceil(records.length / 2);
    await sleep(clock, firstBackOffMs, stopped);
    return [records.slice(0, middle), records.slice(middle)].map((half) => ({ ...next, records: half, failures }));
  }
  if (retry.maximumRetryAttempts >= 0 && failures >= retry.maximumRetryAttempts) {
    await discard({ condition: 'RetryAttemptsExhausted', records, invokeCount: count + 1, invocation });
    done(records);
    return [];
  }
  await sleep(clock, backOff(failures, firstBackOffMs, lastBackOffMs), stopped);
  return [{ ...next, records, failures: failures + 1 }];
}

function batchHistory({ invokeCount, invocation }: Batch): Pick<Discard, 'invokeCount' | 'invocation'> {
  return { invokeCount, invocation };
}
