import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../core/aws-error.ts';
import { ManualClock, sleep } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import { noStateStore } from '../core/state-store.ts';
import { compileFilters } from '../filter-pattern/compile-filters.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import type { RetryPolicy } from './deliver-in-order.ts';
import type { ShardDiscard } from './shard-reader.ts';
import type { Outcome } from './source.ts';
import { ModelStream, streamArn } from './stream.fixture.ts';
import { streamClient } from './stream-client.ts';
import { StreamPoller, type StreamPollerOptions } from './stream-poller.ts';
import type { StreamRecord } from './stream-records.ts';

const principal = rolePrincipal('arn:aws:iam::000000000000:role/consumer', 'consumer');

type Deliver = (batch: readonly StreamRecord[], clock: ManualClock) => Promise<Outcome> | Outcome;
type Setup = Partial<Omit<StreamPollerOptions, 'deliver' | 'retry'>> & {
  deliver?: Deliver;
  retry?: Partial<RetryPolicy>;
};

const payloadOf = ({ event }: StreamRecord): string =>
  /"payload":\{"S":"([^"]*)"/.exec(JSON.stringify(event))?.[1] ?? '';
const keyOf = ({ keys }: StreamRecord): string => JSON.stringify(keys.pk);

function setUp({ deliver, retry, ...options }: Setup = {}) {
  const clock = new ManualClock();
  const stream = new ModelStream(clock);
  const store = new CheckpointStore(noStateStore, 'checkpoints');
  const batches: string[][] = [];
  const discards: ShardDiscard[] = [];
  const reports: string[] = [];
  const start = (): StreamPoller =>
    new StreamPoller({
      clock,
      stream: streamClient(stream.aws, streamArn, () => principal),
      checkpoints: store.of('consumer'),
      startingPosition: 'TRIM_HORIZON',
      batchSize: 100,
      windowSeconds: 0,
      parallelizationFactor: 1,
      filter: () => true,
      retry: { maximumRetryAttempts: -1, maximumRecordAge: -1, bisects: false, ...retry },
      async deliver(records) {
        batches.push(records.map(payloadOf));
        return (await deliver?.(records, clock)) ?? { kind: 'processed' };
      },
      discard: async (discard) => void discards.push(discard),
      report: (result) => reports.push(result),
      ...options,
    });
  return { clock, stream, batches, discards, reports, start };
}

const failing =
  (poison: string): Deliver =>
  (batch) =>
    batch.some((record) => payloadOf(record) === poison)
      ? { kind: 'failed', reason: 'Function call failed', invocation }
      : { kind: 'processed' };
const invocation = { requestId: 'request', executedVersion: '$LATEST', functionError: 'Unhandled' };

describe('stream poller', () => {
  it('reads from the beginning with TRIM_HORIZON, in batches', async () => {
    const { clock, stream, batches, start } = setUp({ batchSize: 2 });
    for (const name of ['a', 'b', 'c']) stream.put('k', '', name);
    start();
    await clock.advance(0);
    assert.deepEqual(batches, [['a', 'b'], ['c']]);
  });

  it('reads only what comes later with LATEST', async () => {
    const { clock, stream, batches, start } = setUp({ startingPosition: 'LATEST' });
    stream.put('k', '', 'early');
    const poller = start();
    await poller.ready;
    stream.put('k', '', 'late');
    await clock.advance(100);
    assert.deepEqual(batches, [['late']]);
  });

  it('sees a record at once when nudged, and soon without', async () => {
    const { clock, stream, batches, start } = setUp();
    const poller = start();
    await clock.advance(60_000);
    stream.put('k', '', 'a');
    poller.nudge();
    await clock.advance(0);
    assert.deepEqual(batches, [['a']]);
    await clock.advance(60_000);
    stream.put('k', '', 'b');
    await clock.advance(5000);
    assert.deepEqual(batches, [['a'], ['b']]);
  });

  it('asks once in five seconds while no write nudges it', async () => {
    const { clock, stream, start } = setUp();
    start();
    await clock.advance(10_000);
    stream.calls.length = 0;
    await clock.advance(10_000);
    assert.ok(stream.calls.length <= 3, `${stream.calls.length} calls in ten seconds`);
  });

  it('follows the stream into new shards, parents first, over all pages of the description', async () => {
    const { clock, stream, batches, start } = setUp({ batchSize: 1 });
    const expected: string[][] = [];
    for (let shard = 0; shard < 6; shard += 1) {
      for (let index = 0; index < 3; index += 1) {
        expected.push([`${shard}-${index}`]);
        stream.put(`k${index}`, '', `${shard}-${index}`);
      }
      stream.roll();
    }
    start();
    await clock.advance(10_000);
    assert.deepEqual(batches, expected);
    stream.put('k', '', 'last');
    stream.roll();
    stream.put('k', '', 'first of the next');
    await clock.advance(3000);
    assert.deepEqual(batches.slice(expected.length), [['last'], ['first of the next']]);
  });

  it('misses nothing of a shard that appears after LATEST was taken', async () => {
    const { clock, stream, batches, start } = setUp({ startingPosition: 'LATEST' });
    const poller = start();
    await poller.ready;
    stream.roll();
    stream.put('k', '', 'a');
    await clock.advance(5000);
    assert.deepEqual(batches, [['a']]);
  });

  it('goes on from its checkpoint after a stop', async () => {
    const { clock, stream, batches, start } = setUp({ startingPosition: 'LATEST' });
    const poller = start();
    await poller.ready;
    stream.put('k', '', 'a');
    await clock.advance(100);
    const stopped = poller.stop();
    await clock.advance(1000);
    await stopped;
    stream.put('k', '', 'b');
    start();
    await clock.advance(100);
    assert.deepEqual(batches, [['a'], ['b']]);
  });

  it('delivers again after a stop what was not processed, also from LATEST without a checkpoint', async () => {
    let isBroken = true;
    const { clock, stream, batches, start } = setUp({
      startingPosition: 'LATEST',
      deliver: () => (isBroken ? { kind: 'failed', reason: 'Function call failed' } : { kind: 'processed' }),
    });
    stream.put('k', '', 'early');
    await clock.advance(1000);
    const poller = start();
    await poller.ready;
    stream.put('k', '', 'a');
    await clock.advance(2000);
    await poller.stop();
    isBroken = false;
    batches.length = 0;
    start();
    await clock.advance(100);
    assert.deepEqual(batches, [['a']]);
  });

  it('takes a new iterator from where it was when one expires or a call fails', async () => {
    const { clock, stream, batches, reports, start } = setUp();
    stream.put('k', '', 'a');
    start();
    await clock.advance(1000);
    stream.expireIterators();
    stream.put('k', '', 'b');
    await clock.advance(2000);
    stream.failures.set('GetRecords', new AwsError('InternalServerError', 'try later', 500));
    stream.put('k', '', 'c');
    await clock.advance(2000);
    stream.failures.set('GetRecords', new AwsError('TrimmedDataAccessException', 'trimmed'));
    await clock.advance(2000);
    assert.deepEqual(batches.slice(0, 3), [['a'], ['b'], ['c']]);
    assert.ok(reports.includes('PROBLEM: try later'));
  });

  it('waits for a stream that cannot be described yet', async () => {
    const { clock, stream, batches, start } = setUp();
    stream.failures.set('DescribeStream', new AwsError('ResourceNotFoundException', 'no such stream'));
    stream.put('k', '', 'a');
    const poller = start();
    await poller.ready;
    await clock.advance(1000);
    assert.deepEqual(batches, [['a']]);
  });

  it('gathers records until the window ends or the batch is full', async () => {
    const { clock, stream, batches, start } = setUp({ batchSize: 3, windowSeconds: 5 });
    const poller = start();
    stream.put('k', '', 'a');
    await clock.advance(4000);
    stream.put('k', '', 'b');
    poller.nudge();
    assert.deepEqual(batches, []);
    await clock.advance(1500);
    assert.deepEqual(batches, [['a', 'b']]);
    for (const name of ['c', 'd', 'e', 'f']) stream.put('k', '', name);
    poller.nudge();
    await clock.advance(1000);
    assert.deepEqual(batches.slice(1), [['c', 'd', 'e']]);
  });

  it('passes over records that no filter lets through, and their checkpoint too', async () => {
    const filter = compileFilters(['{"dynamodb":{"NewImage":{"payload":{"S":["wanted"]}}}}']);
    const { clock, stream, batches, start } = setUp({ filter });
    for (const name of ['x', 'wanted', 'y']) stream.put('k', '', name);
    const poller = start();
    await clock.advance(100);
    assert.deepEqual(batches, [['wanted']]);
    await poller.stop();
    stream.calls.length = 0;
    start();
    await clock.advance(100);
    assert.deepEqual(batches, [['wanted']]);
  });

  it('retries a failing batch in place, later and later, and nothing behind it', async () => {
    const { clock, stream, batches, start } = setUp({ batchSize: 1, deliver: failing('a') });
    stream.put('k', '', 'a');
    stream.put('other', '', 'b');
    start();
    await clock.advance(60_000);
    assert.ok(batches.every(([name]) => name === 'a'));
    assert.ok(batches.length > 6 && batches.length < 20, `${batches.length} tries in a minute`);
  });

  it('discards a batch after its retries, with what is needed to read it again', async () => {
    const { clock, stream, batches, discards, start } = setUp({
      batchSize: 2,
      retry: { maximumRetryAttempts: 2 },
      deliver: failing('a'),
    });
    const first = stream.put('k', '', 'a');
    const second = stream.put('k', '', 'b');
    stream.put('k', '', 'c');
    start();
    await clock.advance(10_000);
    assert.deepEqual(batches, [['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
    assert.equal(discards.length, 1);
    const [discard] = discards;
    assert.deepEqual(
      discard?.records.map(({ id }) => id),
      [first, second],
    );
    assert.equal(discard?.condition, 'RetryAttemptsExhausted');
    assert.equal(discard?.invokeCount, 3);
    assert.equal(discard?.shardId, 'shard-0');
    assert.deepEqual(discard?.invocation, invocation);
  });

  it('bisects down to the failing record, which alone is discarded', async () => {
    const { clock, stream, discards, start } = setUp({
      retry: { maximumRetryAttempts: 1, bisects: true },
      deliver: failing('d'),
    });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) stream.put('k', '', name);
    start();
    await clock.advance(10_000);
    assert.deepEqual(
      discards.map(({ records }) => records.map(payloadOf)),
      [['d']],
    );
  });

  it('takes the lowest failed record as the checkpoint', async () => {
    let tries = 0;
    const { clock, stream, batches, start } = setUp({
      deliver: (batch) =>
        tries++ === 0
          ? { kind: 'partly', failed: new Set([batch[3]?.id ?? '', batch[1]?.id ?? '']) }
          : { kind: 'processed' },
    });
    for (const name of ['a', 'b', 'c', 'd']) stream.put('k', '', name);
    start();
    await clock.advance(1000);
    assert.deepEqual(batches, [
      ['a', 'b', 'c', 'd'],
      ['b', 'c', 'd'],
    ]);
  });

  it('discards records that are too old, before and between tries', async () => {
    const { clock, stream, batches, discards, start } = setUp({
      retry: { maximumRecordAge: 60 },
      deliver: failing('b'),
    });
    stream.put('k', '', 'a');
    await clock.advance(61_000);
    stream.put('k', '', 'b');
    start();
    await clock.advance(120_000);
    assert.ok(batches.length > 1 && batches.every(([name]) => name === 'b'));
    assert.deepEqual(
      discards.map(({ condition, records }) => [condition, ...records.map(payloadOf)]),
      [
        ['RecordAgeExceeded', 'a'],
        ['RecordAgeExceeded', 'b'],
      ],
    );
    assert.equal(discards[0]?.invokeCount, 0);
  });

  it('does not count tries of a throttled function', async () => {
    let tries = 0;
    const { clock, stream, discards, start } = setUp({
      retry: { maximumRetryAttempts: 0 },
      deliver: () => (tries++ < 5 ? { kind: 'refused', reason: 'Rate Exceeded.' } : { kind: 'processed' }),
    });
    stream.put('k', '', 'a');
    start();
    await clock.advance(60_000);
    assert.equal(tries, 6);
    assert.deepEqual(discards, []);
  });

  it('delivers several batches at once with a parallelization factor, but one per partition key', async () => {
    const running = new Map<string, number>();
    let most = 0;
    const seen: Record<string, string[]> = {};
    const { clock, stream, start } = setUp({
      batchSize: 1,
      parallelizationFactor: 4,
      async deliver([record], time) {
        assert.ok(record !== undefined);
        const key = keyOf(record);
        assert.equal(running.get(key) ?? 0, 0);
        running.set(key, 1);
        most = Math.max(most, [...running.values()].filter(Boolean).length);
        await sleep(time, 10);
        running.set(key, 0);
        seen[key] = [...(seen[key] ?? []), payloadOf(record)];
        return { kind: 'processed' };
      },
    });
    for (let index = 0; index < 80; index += 1)
      stream.put(`k${index % 8}`, `s${index}`, String(index).padStart(2, '0'));
    start();
    await clock.advance(5000);
    assert.ok(most > 1 && most <= 4, `${most} at once`);
    assert.equal(Object.values(seen).flat().length, 80);
    for (const names of Object.values(seen)) assert.deepEqual(names, names.toSorted());
  });

  it('reads no further than it can soon deliver', async () => {
    const { clock, stream, start } = setUp({
      batchSize: 1,
      async deliver(_, time) {
        await sleep(time, 1000);
        return { kind: 'processed' };
      },
    });
    for (let index = 0; index < 10_000; index += 1) stream.put('k', '', String(index));
    start();
    await clock.advance(5000);
    assert.ok(stream.calls.filter((call) => call === 'GetRecords').length <= 2);
  });

  it('loses nothing and keeps the order of every key, whatever the function does', async () => {
    const settings = fc.record({
      behaviours: fc.array(behaviour, { minLength: 1, maxLength: 20 }).filter((all) => all.includes('ok')),
      keys: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
      rolls: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 3 }),
      batchSize: fc.integer({ min: 1, max: 20 }),
      windowSeconds: fc.integer({ min: 0, max: 2 }),
      parallelizationFactor: fc.integer({ min: 1, max: 4 }),
      retry: fc.record({
        maximumRetryAttempts: fc.integer({ min: -1, max: 3 }),
        bisects: fc.boolean(),
        maximumRecordAge: fc.constantFrom(-1, 60),
      }),
      restarts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(settings, async ({ behaviours, keys, rolls, restarts, retry, ...batching }) => {
        let turn = 0;
        const settled = new Set<string>();
        const discarded: string[] = [];
        const order = new KeyOrder();
        const { clock, stream, start } = setUp({
          ...batching,
          retry,
          async discard({ records }) {
            for (const { id } of records) settled.add(id);
            discarded.push(...records.map(({ id }) => id));
          },
          async deliver(batch, time) {
            order.check(batch, settled);
            const now = behaviours[turn++ % behaviours.length] ?? 'ok';
            if (now === 'slow') await sleep(time, 700);
            const outcome = outcomeOf(now, batch, turn);
            for (const { id } of processed(batch, outcome)) settled.add(id);
            return outcome;
          },
        });
        let poller = start();
        await writeAll({ keys, rolls, clock, stream, order });
        if (restarts) {
          await Promise.all([poller.stop(), clock.advance(2000)]);
          poller = start();
        }
        for (let minute = 0; minute < 600 && settled.size < keys.length; minute += 1) await clock.advance(60_000);
        assert.equal(settled.size, keys.length);
        if (retry.maximumRetryAttempts < 0 && retry.maximumRecordAge < 0) assert.deepEqual(discarded, []);
        await Promise.all([poller.stop(), clock.advance(5000)]);
      }),
      { numRuns: 100 },
    );
  });
});

const behaviour = fc.constantFrom('ok', 'ok', 'partly', 'failed', 'refused', 'slow');

type Writes = {
  keys: readonly number[];
  rolls: readonly number[];
  clock: ManualClock;
  stream: ModelStream;
  order: KeyOrder;
};

async function writeAll({ keys, rolls, clock, stream, order }: Writes): Promise<void> {
  for (const [index, key] of keys.entries()) {
    if (rolls.includes(index)) stream.roll();
    order.add(`k${key}`, stream.put(`k${key}`, `s${index}`));
    if (index % 10 === 0) await clock.advance(50);
  }
}

function outcomeOf(name: string, batch: readonly StreamRecord[], turn: number): Outcome {
  if (name === 'failed') return { kind: 'failed', reason: 'error', invocation };
  if (name === 'refused') return { kind: 'refused', reason: 'throttled' };
  const failed = name === 'partly' ? batch.filter((_, index) => (index + turn) % 3 === 0) : [];
  return failed.length === 0 ? { kind: 'processed' } : { kind: 'partly', failed: new Set(failed.map(({ id }) => id)) };
}

function processed(batch: readonly StreamRecord[], outcome: Outcome): readonly StreamRecord[] {
  if (outcome.kind === 'processed') return batch;
  return outcome.kind === 'partly'
    ? batch.slice(
        0,
        batch.findIndex(({ id }) => outcome.failed.has(id)),
      )
    : [];
}

/** Knows what was written under each partition key, and that a record waits for all earlier ones of its key. */
class KeyOrder {
  readonly #written = new Map<string, string[]>();

  add(key: string, id: string): void {
    const name = JSON.stringify({ S: key });
    this.#written.set(name, [...(this.#written.get(name) ?? []), id]);
  }

  check(batch: readonly StreamRecord[], settled: ReadonlySet<string>): void {
    const seen = new Set(settled);
    for (const record of batch) {
      const earlier = (this.#written.get(keyOf(record)) ?? []).filter((id) => id < record.id);
      assert.ok(
        earlier.every((id) => seen.has(id)),
        `${record.id} came too early`,
      );
      seen.add(record.id);
    }
  }
}
