import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { NameIndex, type NamePage, type NameQuery } from '../core/name-index.ts';
import { orderedKey } from '../core/ordered-key.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { type AlarmRule, alarmStates, parseAlarmRule } from './alarm-rule.ts';
import {
  type CompiledAlarm,
  type CompositeSettings,
  compileAlarm,
  compositeSettingsSchema,
  type MetricSettings,
  metricSettingsSchema,
} from './alarm-settings.ts';

const stateSchema = z.object({
  value: z.enum(alarmStates),
  reason: z.string(),
  /** JSON text. */
  reasonData: z.string().optional(),
  updated: z.number(),
  transitioned: z.number(),
  configured: z.number(),
});
export type AlarmStatus = z.infer<typeof stateSchema>;

/** The status of an alarm that was not evaluated yet. */
export function initialStatus(now: number): AlarmStatus {
  return {
    value: 'INSUFFICIENT_DATA',
    reason: 'Unchecked: Initial alarm creation',
    updated: now,
    transitioned: now,
    configured: now,
  };
}

const historySchema = z.object({
  alarmName: z.string(),
  alarmType: z.enum(['MetricAlarm', 'CompositeAlarm']),
  timestamp: z.number(),
  type: z.enum(['ConfigurationUpdate', 'StateUpdate', 'Action']),
  summary: z.string(),
  data: z.string(),
});
export type HistoryItem = z.infer<typeof historySchema>;

type AlarmBase = {
  readonly name: string;
  readonly arn: string;
  readonly tags: Map<string, string>;
  status: AlarmStatus;
};
export type MetricAlarm = AlarmBase & {
  readonly kind: 'MetricAlarm';
  readonly settings: MetricSettings;
  readonly compiled: CompiledAlarm;
};
export type CompositeAlarm = AlarmBase & {
  readonly kind: 'CompositeAlarm';
  readonly settings: CompositeSettings;
  readonly rule: AlarmRule;
};
export type Alarm = MetricAlarm | CompositeAlarm;

const keptSchema = z.object({ status: stateSchema, tags: z.record(z.string(), z.string()) });
const keptAlarmSchema = z.discriminatedUnion('kind', [
  keptSchema.extend({ kind: z.literal('MetricAlarm'), settings: metricSettingsSchema }),
  keptSchema.extend({ kind: z.literal('CompositeAlarm'), settings: compositeSettingsSchema }),
]);

const maxHistory = 1000;

/** The alarms, by name, and what happened to them. */
export class AlarmStore {
  readonly #kept: Collection<z.infer<typeof keptAlarmSchema>>;
  readonly #keptHistory: Collection<HistoryItem>;
  readonly #region: string;
  readonly #alarms = new NameIndex<Alarm>();
  /** Names of metric alarms, by the `metricKey` of a metric that they read. */
  readonly #readers = new Map<string, Set<string>>();
  /** Names of composite alarms, by the name of an alarm in their rule. */
  readonly #parents = new Map<string, Set<string>>();
  /** Oldest first. */
  readonly #history: { readonly key: string; readonly item: HistoryItem }[];

  constructor(state: StateStore, region: string) {
    this.#kept = state.collection('cloudwatch/alarms', keptAlarmSchema);
    this.#keptHistory = state.collection('cloudwatch/alarm-history', historySchema);
    this.#region = region;
    this.#history = [...this.#keptHistory.entries()].map(([key, item]) => ({ key, item }));
    for (const [, { kind, settings, status, tags }] of this.#kept.entries()) {
      const labels = new Map(Object.entries(tags));
      const alarm =
        kind === 'MetricAlarm'
          ? this.metricAlarm(settings, status, labels)
          : this.compositeAlarm(settings, status, labels);
      this.#index(alarm);
    }
  }

  /** Sorted by name. */
  list(): Alarm[] {
    return [...this.#alarms.values()];
  }

  /** A page of the alarms, in the order of their names. */
  page(query: NameQuery<Alarm>): NamePage<Alarm> {
    return this.#alarms.page(query);
  }

  /** A page of the alarms that have one of these names. */
  pageOf(names: readonly string[], query: NameQuery<Alarm>): NamePage<Alarm> {
    const named = new NameIndex<Alarm>();
    for (const name of names) {
      const alarm = this.#alarms.get(name);
      if (alarm !== undefined) named.set(name, alarm);
    }
    return named.page(query);
  }

  /** The metric alarms that a sample of this metric (see `metricKey`) concerns. */
  watching(metricKey: string): readonly MetricAlarm[] {
    const readers = this.#readers.get(metricKey);
    // Of most metrics there is none, and each sample asks.
    if (readers === undefined) return [];
    return [...readers].flatMap((name) => {
      const alarm = this.#alarms.get(name);
      return alarm?.kind === 'MetricAlarm' ? [alarm] : [];
    });
  }

  /** The composite alarms whose rule names this alarm. */
  parentsOf(name: string): CompositeAlarm[] {
    return [...(this.#parents.get(name) ?? [])].flatMap((parent) => {
      const alarm = this.#alarms.get(parent);
      return alarm?.kind === 'CompositeAlarm' ? [alarm] : [];
    });
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name);
  }

  put(alarm: Alarm): void {
    this.#unindex(alarm.name);
    this.#index(alarm);
    this.changed(alarm);
  }

  delete(name: string): void {
    this.#unindex(name);
    this.#kept.delete(name);
  }

  record(item: HistoryItem): void {
    const key = orderedKey(Number(this.#history.at(-1)?.key ?? 0) + 1);
    this.#history.push({ key, item });
    this.#keptHistory.put(key, item);
    for (const { key: old } of this.#history.splice(0, this.#history.length - maxHistory))
      this.#keptHistory.delete(old);
  }

  /** Forgets the history. */
  clearHistory(): void {
    for (const { key } of this.#history.splice(0)) this.#keptHistory.delete(key);
  }

  /** Oldest first. */
  history(): readonly HistoryItem[] {
    return this.#history.map(({ item }) => item);
  }

  /** To be called after a change of an alarm's status or tags. */
  changed({ name, status, tags: labels, ...alarm }: Alarm): void {
    const tags = Object.fromEntries(labels);
    this.#kept.put(
      name,
      alarm.kind === 'MetricAlarm'
        ? { kind: alarm.kind, settings: alarm.settings, status, tags }
        : { kind: alarm.kind, settings: alarm.settings, status, tags },
    );
  }

  /** @throws AwsError when the settings are not valid */
  metricAlarm(settings: MetricSettings, status: AlarmStatus, tags: Map<string, string>): MetricAlarm {
    return {
      ...this.#base(settings.AlarmName, status, tags),
      kind: 'MetricAlarm',
      settings,
      compiled: compileAlarm(settings),
    };
  }

  /** @throws AwsError when the rule is not valid */
  compositeAlarm(settings: CompositeSettings, status: AlarmStatus, tags: Map<string, string>): CompositeAlarm {
    return {
      ...this.#base(settings.AlarmName, status, tags),
      kind: 'CompositeAlarm',
      settings,
      rule: parseAlarmRule(settings.AlarmRule),
    };
  }

  #index(alarm: Alarm): void {
    this.#alarms.set(alarm.name, alarm);
    for (const [index, key] of this.#indexKeys(alarm)) {
      const names = index.get(key) ?? new Set();
      index.set(key, names.add(alarm.name));
    }
  }

  #unindex(name: string): void {
    const alarm = this.#alarms.get(name);
    if (alarm === undefined) return;
    this.#alarms.delete(name);
    for (const [index, key] of this.#indexKeys(alarm)) {
      const names = index.get(key);
      names?.delete(name);
      if (names?.size === 0) index.delete(key);
    }
  }

  #indexKeys(alarm: Alarm): (readonly [Map<string, Set<string>>, string])[] {
    return alarm.kind === 'MetricAlarm'
      ? [...alarm.compiled.metricKeys].map((key) => [this.#readers, key] as const)
      : alarm.rule.children.map((child) => [this.#parents, child] as const);
  }

  #base(name: string, status: AlarmStatus, tags: Map<string, string>): AlarmBase {
    return { name, arn: arn('cloudwatch', this.#region, `alarm:${name}`), status, tags };
  }
}
