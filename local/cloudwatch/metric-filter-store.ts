import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { LogEvent } from '../core/log-sink.ts';
import type { StateStore } from '../core/state-store.ts';
import { compileMetricFilter, type MetricFilter, metricFilterSchema, type SampleReader } from './metric-filter.ts';
import type { Sample } from './metric-store.ts';

const documentName = 'metric-filters';

/** The metric filters of every log group. */
export class MetricFilterStore {
  readonly #clock: Clock;
  readonly #state: StateStore;
  /** By log group, then by name. */
  readonly #groups = new Map<string, Map<string, { filter: MetricFilter; read: SampleReader }>>();

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#state = state;
    const kept = z.array(metricFilterSchema).parse(state.read(documentName) ?? []);
    for (const filter of kept) this.#add(filter);
  }

  /** Makes a filter or replaces the one of its name. @throws AwsError */
  put(filter: Omit<MetricFilter, 'creationTime'>): void {
    this.#add({ ...filter, creationTime: this.#clock.now() });
    this.#changed();
  }

  delete(group: string, name: string): boolean {
    const existed = this.#groups.get(group)?.delete(name) ?? false;
    if (existed) this.#changed();
    return existed;
  }

  list(): MetricFilter[] {
    return [...this.#groups.values()]
      .flatMap((filters) => [...filters.values()].map(({ filter }) => filter))
      .sort((left, right) => (left.filterName < right.filterName ? -1 : 1));
  }

  has(group: string, name: string): boolean {
    return this.#groups.get(group)?.has(name) ?? false;
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

  #changed(): void {
    this.#state.changed(documentName, () => JSON.parse(JSON.stringify(this.list())));
  }
}
