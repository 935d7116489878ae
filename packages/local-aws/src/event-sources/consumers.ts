import type { PendingWork } from '../core/pending-work.ts';

/** The last record of a stream. */
type StreamEnd = { readonly shardId: string; readonly sequenceNumber: string };

/** Finds the last record of a stream; undefined when the stream has none. */
export type FindStreamEnd = (streamArn: string) => StreamEnd | undefined;

/** What polls queues and streams: event source mappings or pipes. */
export type Consumers = {
  /** Reads the streams of these tables at once, because items were written; by default, those of all tables. */
  nudge(tableNames?: readonly string[]): void;
  /** The ARNs of the queues that are polled. */
  queues(): readonly string[];
  /** Consumers that change their state or have records left to process. Messages in their queues do not count. */
  pending(): readonly PendingWork[];
  /** Stops polling, and resolves when the batches in flight are processed. */
  pause(): Promise<void>;
  /** Polls again. With `endOf` the records that streams have now are left out. */
  resume(endOf?: FindStreamEnd): Promise<void>;
};
