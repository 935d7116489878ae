import { arn, parseArn } from '../core/arn.ts';
import type { AwsClient } from '../core/aws-client.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import { deliverWithRetries } from '../core/deliver-with-retries.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import { noObserver, type Observer } from '../core/observer.ts';
import type { Principal } from '../core/principal.ts';
import { byId, readAnswer } from '../event-sources/batch-item-failures.ts';
import type { CheckpointStore } from '../event-sources/checkpoint-store.ts';
import { type Consumer, observeDiscard, observeSource } from '../event-sources/observe-source.ts';
import { queueClient } from '../event-sources/queue-client.ts';
import { QueuePoller } from '../event-sources/queue-poller.ts';
import type { QueueRecord } from '../event-sources/queue-records.ts';
import type { QueueScaling } from '../event-sources/queue-scaling.ts';
import type { ShardDiscard } from '../event-sources/shard-reader.ts';
import type { OnMetric, Outcome, Poller, Report, SourceRecord } from '../event-sources/source.ts';
import { sourceKind } from '../event-sources/source-kind.ts';
import { streamClient } from '../event-sources/stream-client.ts';
import { StreamPoller } from '../event-sources/stream-poller.ts';
import type { StreamRecord } from '../event-sources/stream-records.ts';
import { compileFilters } from '../filter-pattern/compile-filters.ts';
import { failureRecord } from './failure-record.ts';
import type { Mapping } from './mapping.ts';

/** What a mapping has to know of its function. */
export type MappedFunction = {
  /** With the qualifier, when there is one. */
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
};

export type MappingRuntime = {
  readonly checkpoints: CheckpointStore;
  readonly deliver: DeliverMessage;
  /** Metrics of namespace AWS/Lambda: `IteratorAge` (milliseconds), `DestinationDeliveryFailures`. */
  readonly onMetric: OnMetric;
  readonly clock: Clock;
  readonly aws: AwsClient;
  readonly lambda: LambdaInvoker;
  /** By name, partial ARN or ARN, with or without a qualifier; undefined when there is none. */
  readonly functionOf: (functionName: string) => MappedFunction | undefined;
  readonly observer?: Observer;
  /** How the pollers of a queue get more; by default there are as many as a mapping says at once. */
  readonly queueScaling?: (() => QueueScaling) | undefined;
};

/** Lambda invokes on its own account: the execution role needs no right to invoke its own function. */
const invoker: Principal = { kind: 'account', arn: arn('iam', '', 'root') };

/** Polls the source of an enabled mapping and invokes its function. */
export function runMapping(mapping: Mapping, runtime: MappingRuntime, report: Report): Poller {
  return sourceKind(mapping.eventSourceArn) === 'stream'
    ? pollStream(mapping, runtime, report)
    : pollQueue(mapping, runtime, report);
}

function pollQueue(mapping: Mapping, runtime: MappingRuntime, report: Report): Poller {
  const { filter, deliver } = observeSource<QueueRecord>(consumerOf(mapping, runtime, 'queue'), {
    filter: compileFilters(mapping.patterns ?? []),
    deliver: (records) => invoke(records, mapping, runtime),
  });
  return new QueuePoller({
    clock: runtime.clock,
    queue: queueClient(runtime.aws, mapping.eventSourceArn, () => pollingPrincipal(mapping, runtime)),
    batchSize: mapping.batchSize,
    windowSeconds: mapping.windowSeconds,
    maxConcurrency: mapping.maximumConcurrency,
    scaling: runtime.queueScaling?.(),
    filter,
    deliver,
    report,
  });
}

function pollStream(mapping: Mapping, runtime: MappingRuntime, report: Report): Poller {
  const { clock, aws, checkpoints, onMetric } = runtime;
  const { eventSourceArn: streamArn } = mapping;
  const dimensions = { FunctionName: functionNameOf(mapping) };
  const consumer = consumerOf(mapping, runtime, 'stream');
  const { filter, deliver } = observeSource<StreamRecord>(consumer, {
    filter: compileFilters(mapping.patterns ?? []),
    deliver: (records) => invoke(records, mapping, runtime),
  });
  return new StreamPoller({
    clock,
    stream: streamClient(aws, streamArn, () => pollingPrincipal(mapping, runtime)),
    checkpoints: checkpoints.of(mapping.uuid),
    startingPosition: mapping.startingPosition ?? 'LATEST',
    batchSize: mapping.batchSize,
    windowSeconds: mapping.windowSeconds,
    parallelizationFactor: mapping.parallelizationFactor,
    filter,
    retry: mapping,
    async deliver(records) {
      const newest = records.at(-1)?.createdAt ?? clock.now();
      onMetric('IteratorAge', Math.max(0, clock.now() - newest), dimensions, 'Milliseconds');
      return deliver(records);
    },
    discard: observeDiscard<ShardDiscard>(consumer, async (discard) => {
      const { onFailure: destinationArn, functionArn } = mapping;
      if (destinationArn === undefined) return;
      const body = failureRecord(discard, functionArn, streamArn, clock.now());
      const isSent = await deliverWithRetries(runtime, {
        destinationArn,
        body,
        principal: () => pollingPrincipal(mapping, runtime),
      });
      if (!isSent) onMetric('DestinationDeliveryFailures', 1, dimensions, 'Count');
    }),
    report,
  });
}

function consumerOf(
  mapping: Mapping,
  { observer = noObserver }: MappingRuntime,
  mechanism: 'queue' | 'stream',
): Consumer {
  return {
    observer,
    mechanism,
    id: mapping.uuid,
    sourceArn: mapping.eventSourceArn,
    target: { service: 'lambda', name: functionNameOf(mapping) },
    patterns: mapping.patterns ?? [],
  };
}

/** Sources are polled with the execution role's rights, as they are at the time. @throws AwsError without a function */
export function pollingPrincipal({ functionArn }: Mapping, { functionOf }: MappingRuntime): Principal {
  const found = functionOf(functionArn);
  if (found === undefined)
    throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404, { Type: 'User' });
  return rolePrincipal(found.roleArn, found.name);
}

async function invoke(
  records: readonly SourceRecord[],
  { functionArn, eventSourceArn, reportsFailures }: Mapping,
  { lambda }: MappingRuntime,
): Promise<Outcome> {
  const payload = JSON.stringify({ Records: records.map(({ event }) => event) });
  try {
    const result = await lambda.invoke({
      functionName: functionArn,
      type: 'RequestResponse',
      payload,
      principal: invoker,
      source: eventSourceArn,
    });
    return readAnswer(result, reportsFailures, byId(records));
  } catch (error) {
    return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The dimension of a mapping's metrics. */
function functionNameOf({ functionArn }: Mapping): string {
  return parseArn(functionArn)?.resource.split(':')[1] ?? functionArn;
}
