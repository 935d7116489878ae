import type { JsonObject } from '../core/json.ts';

/** One message of a queue or change of a table, on its way to a function or a pipe's target. */
export type SourceRecord = {
  /** Unique within the source: the message id, or the sequence number. */
  readonly id: string;
  /** As the function sees it. */
  readonly event: JsonObject;
};

/** What the invocation that took a batch answered, for records of failure. */
export type Invocation = {
  readonly requestId: string;
  readonly executedVersion: string;
  readonly functionError: string | undefined;
};

/** What became of a batch. */
export type Outcome =
  | { readonly kind: 'processed' }
  /** Some records, by id, are to be tried again. */
  | { readonly kind: 'partly'; readonly failed: ReadonlySet<string>; readonly invocation?: Invocation }
  /** The target ran and failed: the whole batch is to be tried again, which counts as a retry. */
  | { readonly kind: 'failed'; readonly reason: string; readonly invocation?: Invocation }
  /** The target did not run: throttled, missing, access denied. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Takes a batch of at least one record. Never throws. */
export type Deliver<R extends SourceRecord> = (records: readonly R[]) => Promise<Outcome>;

export type Poller = {
  /** Resolves when it is fixed from where on records are taken, or cannot be for now. */
  readonly ready: Promise<void>;
  /** There may be something new in the source. */
  nudge(): void;
  /** What this poller has to do; undefined when it waits for new records. Messages that are still in a queue do not count. */
  pending(): string | undefined;
  /** Takes nothing more from the source and resolves when what was taken is dealt with. */
  stop(): Promise<void>;
};

/** A short sentence for the one who asks how the source fares: `OK`, `PROBLEM: …`. */
export type Report = (result: string) => void;

/** Takes a metric of the service that calls it. */
export type OnMetric = (
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>>,
  unit: 'Count' | 'Milliseconds' | 'None',
) => void;
