import type { AwsClient } from '../core/aws-client.ts';
import type { Clock } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { LogSink } from '../core/log-sink.ts';
import type { Observer } from '../core/observer.ts';
import type { Principal } from '../core/principal.ts';
import type { CheckpointStore } from '../event-sources/checkpoint-store.ts';
import type { OnMetric, SourceRecord } from '../event-sources/source.ts';
import type { Pipe } from './pipe.ts';
import type { PipeLogEntry } from './pipe-log.ts';

export type PipeRuntime = {
  readonly clock: Clock;
  readonly aws: AwsClient;
  readonly lambda: LambdaInvoker;
  readonly deliver: DeliverMessage;
  readonly logs: LogSink;
  readonly checkpoints: CheckpointStore;
  /** Metrics of a pipe, with dimension `PipeName`: `Invocations`, `EventCount`, `ExecutionFailed`, … */
  readonly onMetric: OnMetric;
  readonly observer?: Observer;
};

/** One batch on its way through a pipe. */
export type Execution = {
  readonly pipe: Pipe;
  readonly runtime: PipeRuntime;
  readonly principal: Principal;
  readonly log: (entry: Omit<PipeLogEntry, 'executionId'>) => void;
  readonly metric: (name: string, value?: number) => void;
};

export type PipeRecord = SourceRecord & {
  /** What a target names a failed record by: the message id, or the event id. */
  readonly itemIdentifier: string;
};

/** Everything that a pipe does, it does with the rights of its role. */
export function pipePrincipal({ RoleArn, Name }: Pipe): Principal {
  return rolePrincipal(RoleArn, Name);
}
