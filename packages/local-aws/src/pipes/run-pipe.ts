import { randomUUID } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import { deliverWithRetries } from '../core/deliver-with-retries.ts';
import type { JsonValue } from '../core/json.ts';
import { noObserver } from '../core/observer.ts';
import type { Principal } from '../core/principal.ts';
import { batchInfo } from '../event-sources/batch-info.ts';
import { observeDiscard, observeSource } from '../event-sources/observe-source.ts';
import { queueClient } from '../event-sources/queue-client.ts';
import { QueuePoller } from '../event-sources/queue-poller.ts';
import type { QueueRecord } from '../event-sources/queue-records.ts';
import type { ShardDiscard } from '../event-sources/shard-reader.ts';
import type { Outcome, Poller, Report } from '../event-sources/source.ts';
import { sourceKind } from '../event-sources/source-kind.ts';
import { streamClient } from '../event-sources/stream-client.ts';
import { StreamPoller } from '../event-sources/stream-poller.ts';
import type { StreamRecord } from '../event-sources/stream-records.ts';
import { compileFilters } from '../filter-pattern/compile-filters.ts';
import { enrich } from './enrich.ts';
import { type Execution, type PipeRecord, type PipeRuntime, pipePrincipal } from './execution.ts';
import type { Pipe } from './pipe.ts';
import { pipeLog } from './pipe-log.ts';
import { sendToTarget } from './send-to-target.ts';

/** Polls the source of a running pipe. */
export function runPipe(pipe: Pipe, runtime: PipeRuntime, report: Report): Poller {
  const patterns = pipe.SourceParameters?.FilterCriteria?.Filters?.map(({ Pattern = '' }) => Pattern) ?? [];
  const { clock, aws, observer = noObserver } = runtime;
  const consumer = {
    observer,
    mechanism: 'pipe',
    id: pipe.Name,
    sourceArn: pipe.Source,
    target: { service: 'pipes', name: pipe.Name },
    patterns,
  } as const;
  const filter = compileFilters(patterns);
  const principal = (): Principal => pipePrincipal(pipe);
  if (sourceKind(pipe.Source) === 'queue') {
    const { BatchSize = 10, MaximumBatchingWindowInSeconds = 0 } = pipe.SourceParameters?.SqsQueueParameters ?? {};
    const observed = observeSource<QueueRecord>(consumer, {
      filter,
      deliver: (records) =>
        execute(
          records.map((record) => ({ ...record, itemIdentifier: record.id })),
          pipe,
          runtime,
        ),
    });
    return new QueuePoller({
      clock,
      queue: queueClient(aws, pipe.Source, principal),
      batchSize: BatchSize,
      windowSeconds: MaximumBatchingWindowInSeconds,
      ...observed,
      report,
    });
  }
  const settings = pipe.SourceParameters?.DynamoDBStreamParameters ?? {};
  const observed = observeSource<StreamRecord>(consumer, {
    filter,
    deliver: (records) => execute(records.map(withEventId), pipe, runtime),
  });
  return new StreamPoller({
    clock,
    stream: streamClient(aws, pipe.Source, principal),
    checkpoints: runtime.checkpoints.of(pipe.id),
    startingPosition: settings.StartingPosition ?? 'LATEST',
    batchSize: settings.BatchSize ?? 100,
    windowSeconds: settings.MaximumBatchingWindowInSeconds ?? 0,
    parallelizationFactor: settings.ParallelizationFactor ?? 1,
    ...observed,
    retry: {
      maximumRetryAttempts: settings.MaximumRetryAttempts ?? -1,
      maximumRecordAge: settings.MaximumRecordAgeInSeconds ?? -1,
      bisects: settings.OnPartialBatchItemFailure === 'AUTOMATIC_BISECT',
    },
    discard: observeDiscard<ShardDiscard>(consumer, (discard) => deadLetter(discard, pipe, runtime)),
    report,
  });
}

function withEventId(record: StreamRecord): PipeRecord {
  return { ...record, itemIdentifier: record.eventId };
}

async function execute(records: readonly PipeRecord[], pipe: Pipe, runtime: PipeRuntime): Promise<Outcome> {
  const { clock, logs, onMetric } = runtime;
  const executionId = randomUUID();
  const write = pipeLog(pipe, clock, logs);
  const execution: Execution = {
    pipe,
    runtime,
    principal: pipePrincipal(pipe),
    log: (entry) => write({ ...entry, executionId }),
    metric: (name, value = 1) =>
      onMetric(name, value, { PipeName: pipe.Name }, name.endsWith('Duration') ? 'Milliseconds' : 'None'),
  };
  const startedAt = clock.now();
  const events = records.map(({ event }) => event);
  execution.log({ step: 'ExecutionStarted', level: 'INFO', payload: () => events });
  execution.metric('Invocations');
  execution.metric('EventCount', records.length);
  const outcome = await take(records, execution);
  execution.metric('Duration', clock.now() - startedAt);
  conclude(outcome, execution);
  return outcome;
}

async function take(records: readonly PipeRecord[], execution: Execution): Promise<Outcome> {
  const events: JsonValue[] = records.map(({ event }) => event);
  try {
    const enriched = await enrich(events, execution);
    if (enriched.length === 0) {
      execution.log({ step: 'TargetStageSkipped', level: 'INFO' });
      return { kind: 'processed' };
    }
    return await sendToTarget(enriched, records, execution);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // A throttled target did not run, so that the try does not count.
    return error instanceof AwsError && error.status === 429 ? { kind: 'refused', reason } : { kind: 'failed', reason };
  }
}

function conclude(outcome: Outcome, { log, metric }: Execution): void {
  switch (outcome.kind) {
    case 'processed':
      log({ step: 'ExecutionSucceeded', level: 'INFO' });
      return;
    case 'partly':
      metric('ExecutionPartiallyFailed');
      log({ step: 'ExecutionPartiallyFailed', level: 'ERROR' });
      return;
    case 'failed':
      metric('ExecutionFailed');
      log({ step: 'ExecutionFailed', level: 'ERROR' });
      return;
    case 'refused':
      metric('ExecutionThrottled');
      log({ step: 'ExecutionThrottled', level: 'ERROR' });
  }
}

/** The dead letter of a stream tells where the records can be read again. */
async function deadLetter(discard: ShardDiscard, pipe: Pipe, runtime: PipeRuntime): Promise<void> {
  const destinationArn = pipe.SourceParameters?.DynamoDBStreamParameters?.DeadLetterConfig?.Arn;
  if (destinationArn === undefined) return;
  const body = JSON.stringify({
    context: { partnerResourceArn: pipe.Arn, condition: discard.condition },
    version: '1.0',
    timestamp: new Date(runtime.clock.now()).toISOString(),
    DDBStreamBatchInfo: batchInfo(discard, pipe.Source),
  });
  await deliverWithRetries(runtime, { destinationArn, body, principal: () => pipePrincipal(pipe) });
}
