import type { Level } from './concurrency.ts';
import type { Outcome } from './environment.ts';
import type { Target } from './function-store.ts';

/** Puts one sample of a metric of the namespace `AWS/Lambda`; `timestamp` in milliseconds since the epoch. */
export type PutMetric = (
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>>,
  unit: 'Count' | 'Milliseconds',
  timestamp: number,
) => void;

/** Metrics of what becomes of one event of the queue behind asynchronous invocations. */
export type AsyncMetric =
  | 'AsyncEventsReceived'
  | 'AsyncEventAge'
  | 'AsyncEventsDropped'
  | 'DeadLetterErrors'
  | 'DestinationDeliveryFailures';

type Invocation = {
  readonly startedAt: number;
  /** When it started, itself included. */
  readonly level: Level;
  readonly outcome: Outcome;
};

/**
 * The metrics of functions: across all of them, by function, by the version or alias that was asked for, and by the
 * version that an alias led to.
 */
export class FunctionMetrics {
  readonly #put: PutMetric;

  constructor(put: PutMetric) {
    this.#put = put;
  }

  /** Samples bear the time of the invocation's start. */
  invocation(target: Target, { startedAt, level, outcome }: Invocation): void {
    const groups = dimensionsOf(target);
    for (const dimensions of groups) {
      this.#put('Invocations', 1, dimensions, 'Count', startedAt);
      this.#put('Errors', outcome.kind === 'success' ? 0 : 1, dimensions, 'Count', startedAt);
      this.#put('Throttles', 0, dimensions, 'Count', startedAt);
      this.#put('Duration', outcome.duration, dimensions, 'Milliseconds', startedAt);
    }
    const [all, byFunction, byResource] = groups;
    this.#put('ConcurrentExecutions', level.all, all, 'Count', startedAt);
    this.#put('ConcurrentExecutions', level.ofFunction, byFunction, 'Count', startedAt);
    if (byResource !== undefined) {
      this.#put('ConcurrentExecutions', level.ofResource, byResource, 'Count', startedAt);
    }
    this.#provisioned(groups, level, startedAt);
  }

  /** By version or alias, and by function. */
  #provisioned([, ...groups]: readonly Dimensions[], { provisioned, isSpillover }: Level, startedAt: number): void {
    for (const dimensions of groups) {
      const put = (name: string, value: number): void => this.#put(name, value, dimensions, 'Count', startedAt);
      if (isSpillover) put('ProvisionedConcurrencySpilloverInvocations', 1);
      if (provisioned === undefined) continue;
      put('ProvisionedConcurrencyInvocations', 1);
      put('ProvisionedConcurrentExecutions', provisioned.running);
      put('ProvisionedConcurrencyUtilization', provisioned.running / provisioned.allocated);
    }
  }

  throttled(target: Target, now: number): void {
    for (const dimensions of dimensionsOf(target)) this.#put('Throttles', 1, dimensions, 'Count', now);
  }

  event(target: Target, name: AsyncMetric, value: number, now: number): void {
    const unit = name === 'AsyncEventAge' ? 'Milliseconds' : 'Count';
    for (const dimensions of dimensionsOf(target)) this.#put(name, value, dimensions, unit, now);
  }
}

type Dimensions = Readonly<Record<string, string>>;

function dimensionsOf({ record, version, qualifier }: Target): readonly [Dimensions, Dimensions, ...Dimensions[]] {
  const FunctionName = record.name;
  const unqualified = [{}, { FunctionName }] as const;
  if (qualifier === undefined) return unqualified;
  const Resource = `${FunctionName}:${qualifier}`;
  if (qualifier === version.version) return [...unqualified, { FunctionName, Resource }];
  return [...unqualified, { FunctionName, Resource }, { FunctionName, Resource, ExecutedVersion: version.version }];
}
