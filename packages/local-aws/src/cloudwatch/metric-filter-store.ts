import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { LogEvent, LogGroups } from '../core/log-sink.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { compileMetricFilter, type MetricFilter, metricFilterSchema, type SampleReader } from './metric-filter.ts';
import type { Sample } from './metric-store.ts';

type Entry = { readonly filter: MetricFilter; readonly read: SampleReader };

/** The metric filters of every log group; they go with it. */
export class MetricFilterStore {
  readonly #clock: Clock;
  readonly #kept: Collection<MetricFilter>;
  readonly #logGroups: LogGroups;
  /** By log group, then by name. */
  readonly #groups = new Map<string, Map<string, Entry>>();

  constructor(clock: Clock, state: StateStore, logGroups: LogGroups) {
    this.#clock = clock;
    this.#kept = state.collection('cloudwatch/metric-filters', metricFilterSchema);
    this.#logGroups = logGroups;
    logGroups.onDelete((group) => {
      for (const name of this.#groups.get(group)?.keys() ?? []) this.#kept.delete(keyOf(group, name));
      this.#groups.delete(group);
    });
    for (const [, filter] of this.#kept.entries()) this.#add(filter);
  }

  /** Makes a filter or replaces the one of its name. @throws AwsError */
  put(filter: Omit<MetricFilter, 'creationTime'>): void {
    this.requireGroup(filter.logGroupName);
    const made = { ...filter, creationTime: this.#clock.now() };
    this.#add(made);
    this.#kept.put(keyOf(made.logGroupName, made.filterName), made);
  }

  /** @throws AwsError ResourceNotFoundException */
  requireGroup(name: string): void {
    if (this.#logGroups.has(name)) return;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }

  delete(group: string, name: string): boolean {
    const existed = this.#groups.get(group)?.delete(name) ?? false;
    if (existed) this.#kept.delete(keyOf(group, name));
    return existed;
  }

  /** Of one log group or of all, in the order of their names. */
  list(group?: string): MetricFilter[] {
    const groups = group === undefined ? this.#groups.values() : [this.#groups.get(group) ?? new Map<string, Entry>()];
    return [...groups]
      .flatMap((filters) => [...filters.values()].map(({ filter }) => filter))
      .sort((left, right) => (left.filterName < right.filterName ? -1 : 1));
  }

  countOf(group: string): number {
    return this.#groups.get(group)?.size ?? 0;
  }

  /** What the filters of a group make of its events. */
  read(group: string, events: readonly LogEvent[]): Sample[] {
    const filters = this.#groups.get(group);
    if (filters === undefined) return [];
    return events.flatMap(({ message, timestamp }) =>
      [...filters.values()].flatMap(({ read }) => read(message, timestamp)),
    );
  }

  #add(filter: MetricFilter): void {
    const read = compileMetricFilter(filter);
    const filters = this.#groups.get(filter.logGroupName) ?? new Map();
    if (filters.size >= 100 && !filters.has(filter.filterName)) {
      throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
    }
    filters.set(filter.filterName, { filter, read });
    this.#groups.set(filter.logGroupName, filters);
  }
}

/** Neither name has a line break. */
function keyOf(group: string, name: string): string {
  return `${group}\n${name}`;
}
