import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../core/aws-error.ts';
import { ManualClock, sleep } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import { compileFilters } from '../filter-pattern/compile-filters.ts';
import { ModelQueue, queueArn } from './queue.fixture.ts';
import { queueClient } from './queue-client.ts';
import { QueuePoller, type QueuePollerOptions } from './queue-poller.ts';
import type { QueueRecord } from './queue-records.ts';
import type { Outcome } from './source.ts';

const principal = rolePrincipal('arn:aws:iam::000000000000:role/consumer', 'consumer');

type Setup = Partial<Omit<QueuePollerOptions, 'deliver'>> & {
  visibilityMs?: number;
  maxReceiveCount?: number;
  deliver?: (ids: string[], clock: ManualClock) => Promise<Outcome> | Outcome;
};

function setUp({ visibilityMs = 30_000, maxReceiveCount, deliver, ...options }: Setup = {}) {
  const clock = new ManualClock();
  const queue = new ModelQueue(clock, visibilityMs, maxReceiveCount);
  const batches: string[][] = [];
  const reports: string[] = [];
  const start = (): QueuePoller =>
    new QueuePoller({
      clock,
      queue: queueClient(queue.aws, queueArn, () => principal),
      batchSize: 10,
      windowSeconds: 0,
      filter: () => true,
      async deliver(records: readonly QueueRecord[]) {
        const ids = records.map(({ id }) => id);
        batches.push(ids);
        return (await deliver?.(ids, clock)) ?? { kind: 'processed' };
      },
      report: (result) => reports.push(result),
      ...options,
    });
  return { clock, queue, batches, reports, start };
}

describe('queue poller', () => {
  it('hands a message over as soon as it comes and deletes it afterwards', async () => {
    const { clock, queue, batches, start } = setUp();
    const poller = start();
    await clock.advance(300);
    queue.send('a');
    await clock.advance(0);
    assert.deepEqual(batches, [['a']]);
    assert.deepEqual(queue.deleted, ['a']);
    const stopped = poller.stop();
    await clock.advance(1000);
    await stopped;
  });

  it('leaves a failed batch to the visibility timeout and changes nothing about it', async () => {
    let tries = 0;
    const { clock, queue, batches, reports, start } = setUp({
      deliver: () => (tries++ === 0 ? { kind: 'failed', reason: 'Function call failed' } : { kind: 'processed' }),
    });
    queue.send('a');
    start();
    await clock.advance(29_000);
    assert.deepEqual(batches, [['a']]);
    await clock.advance(2000);
    assert.deepEqual(batches, [['a'], ['a']]);
    assert.deepEqual(queue.deleted, ['a']);
    assert.deepEqual(reports, ['PROBLEM: Function call failed', 'OK']);
    assert.deepEqual(new Set(queue.calls), new Set(['ReceiveMessage', 'DeleteMessageBatch']));
  });

  it('deletes only what succeeded of a batch', async () => {
    const { clock, queue, batches, start } = setUp({
      deliver: (ids) =>
        ids.length > 1 ? { kind: 'partly', failed: new Set(['b', 'd']) } : { kind: 'failed', reason: 'again' },
    });
    for (const id of ['a', 'b', 'c', 'd']) queue.send(id);
    start();
    await clock.advance(0);
    assert.deepEqual(batches, [['a', 'b', 'c', 'd']]);
    assert.deepEqual(queue.deleted, ['a', 'c']);
    assert.equal(queue.size, 2);
  });

  it('deletes messages that no filter lets through without handing them over', async () => {
    const filter = compileFilters(['{"body":{"kind":["wanted"]}}', '{"body":["plain"]}']);
    const { clock, queue, batches, start } = setUp({ filter });
    queue.send('json', '{"kind":"wanted"}');
    queue.send('other', '{"kind":"unwanted"}');
    queue.send('text', 'plain');
    queue.send('noise', '{"kind"');
    start();
    await clock.advance(0);
    assert.deepEqual(batches, [['json', 'text']]);
    assert.deepEqual(queue.deleted.toSorted(), ['json', 'noise', 'other', 'text']);
  });

  it('gathers a batch above ten until the window ends', async () => {
    const { clock, queue, batches, start } = setUp({ batchSize: 25, windowSeconds: 2 });
    start();
    for (let index = 0; index < 12; index += 1) queue.send(`m${index}`);
    await clock.advance(1500);
    assert.equal(batches.length, 0);
    queue.send('late');
    await clock.advance(500);
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [13],
    );
  });

  it('does not wait for the window once the batch is full', async () => {
    const { clock, queue, batches, start } = setUp({ batchSize: 3, windowSeconds: 300 });
    start();
    for (const id of ['a', 'b', 'c', 'd']) queue.send(id);
    await clock.advance(1);
    assert.deepEqual(batches, [['a', 'b', 'c']]);
  });

  it('works on several batches at once when there is a backlog, up to the maximum concurrency', async () => {
    for (const maxConcurrency of [2, 4]) {
      let running = 0;
      let most = 0;
      const { clock, queue, start } = setUp({
        maxConcurrency,
        async deliver(_, time) {
          running += 1;
          most = Math.max(most, running);
          await sleep(time, 20);
          running -= 1;
          return { kind: 'processed' };
        },
      });
      for (let index = 0; index < 200; index += 1) queue.send(`m${index}`);
      start();
      await clock.advance(1000);
      assert.equal(most, maxConcurrency);
      assert.equal(queue.deleted.length, 200);
    }
  });

  it('listens with one worker only while nothing comes, also after a burst', async () => {
    const { clock, queue, start } = setUp();
    for (let index = 0; index < 100; index += 1) queue.send(`m${index}`);
    start();
    await clock.advance(5000);
    queue.calls.length = 0;
    await clock.advance(10_000);
    assert.ok(queue.calls.length <= 11, `${queue.calls.length} receives in ten seconds`);
  });

  it('does not let a slow batch hold up the next message', async () => {
    const { clock, queue, batches, start } = setUp({
      async deliver(ids, time) {
        if (ids.includes('slow')) await sleep(time, 20_000);
        return { kind: 'processed' };
      },
    });
    start();
    queue.send('slow');
    await clock.advance(10);
    queue.send('quick');
    await clock.advance(100);
    assert.deepEqual(batches, [['slow'], ['quick']]);
    assert.deepEqual(queue.deleted, ['quick']);
  });

  it('presses a throttled function less and less', async () => {
    const { clock, queue, batches, start } = setUp({
      visibilityMs: 0,
      deliver: () => ({ kind: 'refused', reason: 'Rate Exceeded.' }),
    });
    queue.send('a');
    start();
    await clock.advance(60_000);
    assert.ok(batches.length <= 7, `${batches.length} tries in a minute`);
    assert.equal(queue.size, 1);
  });

  it('waits for a queue that is missing, and goes on when it is there', async () => {
    const { clock, queue, reports, start } = setUp();
    queue.failures.set('ReceiveMessage', new AwsError('QueueDoesNotExist', 'The specified queue does not exist.'));
    start();
    await clock.advance(20_000);
    assert.ok(queue.calls.length <= 5, `${queue.calls.length} calls`);
    assert.equal(reports[0], 'PROBLEM: The specified queue does not exist.');
    queue.failures.clear();
    queue.send('a');
    await clock.advance(30_000);
    assert.deepEqual(queue.deleted, ['a']);
  });

  it('tries a deletion again that the queue could not do', async () => {
    const { clock, queue, batches, start } = setUp();
    queue.failures.set('DeleteMessageBatch', new AwsError('InternalFailure', 'try later', 500));
    queue.send('a');
    start();
    await clock.advance(10);
    queue.failures.clear();
    await clock.advance(1000);
    assert.deepEqual(queue.deleted, ['a']);
    assert.equal(batches.length, 1);
  });

  it('finishes the batch in flight when it is stopped, and takes no more', async () => {
    const { clock, queue, start } = setUp({
      async deliver(_, time) {
        await sleep(time, 3000);
        return { kind: 'processed' };
      },
    });
    queue.send('a');
    const poller = start();
    await clock.advance(10);
    let isStopped = false;
    const stopped = poller.stop().then(() => {
      isStopped = true;
    });
    await clock.advance(1000);
    assert.equal(isStopped, false);
    await clock.advance(2000);
    await stopped;
    assert.deepEqual(queue.deleted, ['a']);
    queue.send('b');
    await clock.advance(60_000);
    assert.equal(queue.size, 1);
  });

  it('splits a batch that is too large for one invocation', async () => {
    const { clock, queue, batches, start } = setUp();
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) queue.send(id, id.repeat(1_000_000));
    start();
    await clock.advance(10);
    assert.deepEqual(batches, [
      ['a', 'b', 'c', 'd', 'e', 'f'],
      ['g', 'h'],
    ]);
    assert.equal(queue.deleted.length, 8);
  });

  it('loses nothing and repeats nothing that succeeded, whatever the function does', async () => {
    const behaviour = fc.constantFrom('ok', 'partly', 'failed', 'refused', 'slow');
    await fc.assert(
      fc.asyncProperty(
        fc.array(behaviour, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 6 }),
        fc.boolean(),
        async (behaviours, messages, batchSize, maxReceiveCount, maxConcurrency, isGrouped) => {
          let turn = 0;
          const succeeded: string[] = [];
          const { clock, queue, start } = setUp({
            batchSize,
            windowSeconds: batchSize > 10 ? 1 : 0,
            maxConcurrency,
            maxReceiveCount,
            async deliver(ids, time) {
              const now = behaviours[turn++ % behaviours.length];
              if (now === 'slow') await sleep(time, 700);
              if (now === 'failed') return { kind: 'failed', reason: 'error' };
              if (now === 'refused') return { kind: 'refused', reason: 'throttled' };
              const failed = new Set(now === 'partly' ? ids.filter((_, index) => (index + turn) % 2 === 0) : []);
              succeeded.push(...ids.filter((id) => !failed.has(id)));
              return failed.size === 0 ? { kind: 'processed' } : { kind: 'partly', failed };
            },
          });
          const sent = Array.from({ length: messages }, (_, index) => `m${index}`);
          for (const id of sent) queue.send(id, id, isGrouped ? `g${id.length % 2}` : undefined);
          const poller = start();
          for (let minute = 0; minute < 600 && queue.size > 0; minute += 1) await clock.advance(60_000);
          const stopped = poller.stop();
          await clock.advance(5000);
          await stopped;
          assert.deepEqual([...succeeded, ...queue.deadLetters].toSorted(), sent.toSorted());
          assert.deepEqual(queue.deleted.toSorted(), succeeded.toSorted());
        },
      ),
      { numRuns: 60 },
    );
  });
});
