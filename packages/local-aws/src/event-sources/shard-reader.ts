import { createHash } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import { backOff } from '../core/back-off.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import { counted } from '../core/pending-work.ts';
import { Signal } from '../core/signal.ts';
import type { Checkpoints } from './checkpoint-store.ts';
import { type Discard, deliverInOrder, type RetryPolicy } from './deliver-in-order.ts';
import { ShardProgress } from './shard-progress.ts';
import type { Deliver, Report } from './source.ts';
import type { ShardStart, StreamClient } from './stream-client.ts';
import { StreamLane } from './stream-lane.ts';
import type { StreamRecord } from './stream-records.ts';

/** Records that will not be tried again, and where they were. */
export type ShardDiscard = Discard & { readonly shardId: string };

export type StreamSettings = {
  readonly clock: Clock;
  readonly stream: StreamClient;
  readonly checkpoints: Checkpoints;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly parallelizationFactor: number;
  readonly filter: (event: JsonObject) => boolean;
  readonly retry: RetryPolicy;
  readonly deliver: Deliver<StreamRecord>;
  readonly discard: (discard: ShardDiscard) => Promise<void>;
  readonly report: Report;
};

export type ShardToRead = {
  readonly shardId: string;
  /** One that was taken before, for LATEST. */
  readonly iterator: string | undefined;
  /** Earlier records are left out: the consumer was not there yet. */
  readonly notBefore: number;
  readonly partitionKey: string | undefined;
};

/** Polls follow closely on records and on nudges, then more and more slowly. AWS polls four times a second. */
const firstIdleMs = 10;
/** Every write nudges: the slow polls only make up for a write whose table the nudge did not recognize. */
const lastIdleMs = 5000;
const firstBackOffMs = 250;
const lastBackOffMs = 10_000;

/** Reads one shard to its end and has its records delivered, in order for each partition key. */
export class ShardReader {
  readonly #settings: StreamSettings;
  readonly #shard: ShardToRead;
  readonly #stopping = new AbortController();
  readonly #wake = new Signal();
  readonly #drained = new Signal();
  readonly #progress: ShardProgress;
  readonly #lanes: StreamLane[];
  #isNudged = false;
  /** Whether the last read found nothing and began after the last nudge. */
  #isAtEnd = false;
  #iterator: string | undefined;
  /** The last record that was read, not the checkpoint. */
  #last: string | undefined;
  /** Resolves to true at the end of the shard, to false when stopped before. */
  readonly finished: Promise<boolean>;

  constructor(settings: StreamSettings, shard: ShardToRead) {
    this.#settings = settings;
    this.#shard = shard;
    const { shardId, iterator } = shard;
    this.#iterator = iterator;
    this.#last = settings.checkpoints.last(shardId);
    this.#progress = new ShardProgress((sequenceNumber) => settings.checkpoints.advance(shardId, sequenceNumber));
    this.#lanes = Array.from(
      { length: settings.parallelizationFactor },
      () => new StreamLane({ ...settings, process: (batch) => this.#process(batch) }),
    );
    this.finished = this.#run();
  }

  /** There may be something to read. */
  nudge(): void {
    this.#isNudged = true;
    this.#isAtEnd = false;
    this.#wake.notify();
  }

  /** The work that is left; undefined when every record of the shard is processed. */
  pending(): string | undefined {
    const { backlog } = this.#progress;
    if (backlog > 0) return `${counted(backlog, 'record')} not processed`;
    return this.#isAtEnd ? undefined : 'records may be unread';
  }

  stop(): void {
    this.#stopping.abort();
    for (const lane of this.#lanes) lane.stop();
    this.#wake.notify();
    this.#drained.notify();
  }

  async #run(): Promise<boolean> {
    const isEnded = await this.#read();
    for (const lane of this.#lanes) {
      if (isEnded) lane.end();
      else lane.stop();
    }
    await Promise.all(this.#lanes.map(({ finished }) => finished));
    if (!isEnded || this.#stopping.signal.aborted) return false;
    this.#settings.checkpoints.finish(this.#shard.shardId);
    return true;
  }

  /** Yields whether the shard came to its end. */
  async #read(): Promise<boolean> {
    let idle = firstIdleMs;
    let problems = 0;
    while (!this.#stopping.signal.aborted) {
      await this.#room();
      this.#isNudged = false;
      const result = await this.#readOnce();
      this.#isAtEnd = result === 'nothing' && !this.#isNudged;
      if (result === 'end') return true;
      if (result === 'nothing') await this.#idle(idle);
      if (result === 'problem') await this.#idle(backOff(problems++, firstBackOffMs, lastBackOffMs));
      else problems = 0;
      idle = result === 'records' || this.#isNudged ? firstIdleMs : Math.min(lastIdleMs, idle * 2);
    }
    return false;
  }

  async #readOnce(): Promise<'records' | 'nothing' | 'end' | 'problem'> {
    const { stream, report } = this.#settings;
    try {
      this.#iterator ??= await stream.iterator(this.#shard.shardId, startAfter(this.#last));
      const { records: read, next } = await stream.read(this.#iterator);
      const records = read.map((record) => ({ ...record, createdAt: inClock(this.#settings.clock, record.createdAt) }));
      if (this.#stopping.signal.aborted) return 'nothing';
      this.#take(records);
      this.#iterator = next;
      this.#last = records.at(-1)?.id ?? this.#last;
      if (next === undefined) return 'end';
      return records.length > 0 ? 'records' : 'nothing';
    } catch (error) {
      this.#iterator = undefined;
      if (isTrimmed(error)) this.#last = undefined;
      report(`PROBLEM: ${error instanceof Error ? error.message : String(error)}`);
      return 'problem';
    }
  }

  async #idle(milliseconds: number): Promise<void> {
    if (!this.#isNudged && !this.#stopping.signal.aborted) await this.#wake.wait(this.#settings.clock, milliseconds);
  }

  /** Waits while more is read than is soon delivered, so that memory stays bounded. */
  async #room(): Promise<void> {
    const limit = Math.max(1000, this.#settings.batchSize) * this.#lanes.length;
    while (this.#progress.backlog >= limit && !this.#stopping.signal.aborted) await this.#drained.wait();
  }

  #take(records: readonly StreamRecord[]): void {
    this.#progress.add(records.map(({ id }) => id));
    const isWanted = (record: StreamRecord): boolean =>
      record.createdAt >= this.#shard.notBefore && this.#settings.filter(record.event);
    const unwanted: string[] = [];
    for (const record of records) {
      if (isWanted(record)) this.#laneOf(record)?.add(record);
      else unwanted.push(record.id);
    }
    this.#progress.done(unwanted);
  }

  #laneOf({ keys }: StreamRecord): StreamLane | undefined {
    if (this.#lanes.length === 1) return this.#lanes[0];
    const { partitionKey } = this.#shard;
    const key = JSON.stringify(partitionKey === undefined ? keys : keys[partitionKey]);
    return this.#lanes[createHash('md5').update(key).digest().readUInt32BE() % this.#lanes.length];
  }

  #process(batch: readonly StreamRecord[]): Promise<void> {
    const { shardId } = this.#shard;
    return deliverInOrder(batch, {
      ...this.#settings,
      discard: (discard) => this.#settings.discard({ ...discard, shardId }),
      done: (records) => {
        this.#progress.done(records.map(({ id }) => id));
        this.#drained.notify();
      },
      stopped: this.#stopping.signal,
    });
  }
}

function startAfter(last: string | undefined): ShardStart {
  return last === undefined ? { kind: 'TRIM_HORIZON' } : { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last };
}

/** The records after the checkpoint are no longer kept: go on with the oldest there are. */
function isTrimmed(error: unknown): boolean {
  return error instanceof AwsError && error.code === 'TrimmedDataAccessException';
}

/**
 * The time of a record on a clock that may have been advanced: the engine has the machine's time. Its seconds are rounded
 * up, so that no record seems to be from before the clock's second in which it was made.
 */
function inClock(clock: Clock, createdAt: number): number {
  if (clock.readingAt === undefined) return createdAt;
  return Math.ceil(clock.readingAt(createdAt) / 1000) * 1000;
}
