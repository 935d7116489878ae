import * as z from 'zod';
import { arn } from '../core/arn.ts';
import type { StateStore } from '../core/state-store.ts';
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
const documentSchema = z.object({
  alarms: z.array(
    z.discriminatedUnion('kind', [
      keptSchema.extend({ kind: z.literal('MetricAlarm'), settings: metricSettingsSchema }),
      keptSchema.extend({ kind: z.literal('CompositeAlarm'), settings: compositeSettingsSchema }),
    ]),
  ),
  history: z.array(historySchema),
});

const documentName = 'alarms';
const maxHistory = 1000;

/** The alarms, by name, and what happened to them. */
export class AlarmStore {
  readonly #state: StateStore;
  readonly #region: string;
  readonly #alarms = new Map<string, Alarm>();
  /** Oldest first. */
  #history: HistoryItem[] = [];

  constructor(state: StateStore, region: string) {
    this.#state = state;
    this.#region = region;
    const kept = documentSchema.parse(state.read(documentName) ?? { alarms: [], history: [] });
    this.#history = kept.history;
    for (const { kind, settings, status, tags } of kept.alarms) {
      const labels = new Map(Object.entries(tags));
      const alarm =
        kind === 'MetricAlarm'
          ? this.metricAlarm(settings, status, labels)
          : this.compositeAlarm(settings, status, labels);
      this.#alarms.set(alarm.name, alarm);
    }
  }

  /** Sorted by name. */
  list(): Alarm[] {
    return [...this.#alarms.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** The metric alarms that a sample of this metric (see `metricKey`) concerns. */
  watching(metricKey: string): MetricAlarm[] {
    return [...this.#alarms.values()].flatMap((alarm) =>
      alarm.kind === 'MetricAlarm' && alarm.compiled.metricKeys.has(metricKey) ? [alarm] : [],
    );
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name);
  }

  put(alarm: Alarm): void {
    this.#alarms.set(alarm.name, alarm);
    this.changed();
  }

  delete(name: string): void {
    this.#alarms.delete(name);
    this.changed();
  }

  record(item: HistoryItem): void {
    this.#history.push(item);
    if (this.#history.length > maxHistory) this.#history = this.#history.slice(-maxHistory);
    this.changed();
  }

  /** Oldest first. */
  history(): readonly HistoryItem[] {
    return this.#history;
  }

  /** To be called after a change of an alarm's status or tags. */
  changed(): void {
    this.#state.changed(documentName, () =>
      JSON.parse(
        JSON.stringify({
          alarms: this.list().map(({ kind, settings, status, tags }) => ({
            kind,
            settings,
            status,
            tags: Object.fromEntries(tags),
          })),
          history: this.#history,
        }),
      ),
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

  #base(name: string, status: AlarmStatus, tags: Map<string, string>): AlarmBase {
    return { name, arn: arn('cloudwatch', this.#region, `alarm:${name}`), status, tags };
  }
}
