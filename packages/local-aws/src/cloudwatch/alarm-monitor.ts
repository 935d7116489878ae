import type { Clock, Timer } from '../core/clock.ts';
import { alarmMessage, alarmSubject } from './alarm-message.ts';
import type { AlarmState } from './alarm-rule.ts';
import type { CompiledAlarm } from './alarm-settings.ts';
import {
  type Alarm,
  type AlarmStatus,
  type AlarmStore,
  type CompositeAlarm,
  initialStatus,
  type MetricAlarm,
} from './alarm-store.ts';
import { alarmTime, type Datapoint, stateReason, stateReasonData } from './describe-evaluation.ts';
import { evaluateDatapoints, spareDatapoints, type Verdict } from './evaluate-datapoints.ts';
import type { MetricStore } from './metric-store.ts';
import { PeriodEnds } from './period-ends.ts';

/** Publishes to an SNS topic. */
export type Notify = (notification: {
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  /** The alarm that tells. */
  readonly alarmArn: string;
}) => Promise<void>;

type Parts = {
  readonly clock: Clock;
  readonly metrics: MetricStore;
  readonly alarms: AlarmStore;
  readonly notify: Notify;
  readonly region: string;
};
/** The settled states; a verdict can also leave the state unchanged. */
type SettledState = Exclude<Verdict['state'], 'unchanged'>;
type Outcome = {
  readonly value: SettledState;
  readonly newestBreaches: boolean;
  /** The state with its reason, which is needed only for a transition. */
  readonly describe: () => NewState;
};
type EvaluationRange = {
  readonly timestamps: readonly number[];
  readonly values: readonly (number | undefined)[];
  readonly end: number;
};
type NewState = { readonly value: AlarmState; readonly reason: string; readonly reasonData?: string | undefined };

/** Periods end on the minute, those of high-resolution alarms every ten seconds. */
const stepOf = ({ compiled: { period } }: MetricAlarm): number => (period < 60 ? 10_000 : 60_000);
/** New samples of a metric within this time cause one evaluation. */
const debounceTime = 250;

/**
 * Evaluates metric alarms when a period ends, over whole periods, as CloudWatch does each minute. An alarm without data
 * in its evaluation range keeps its state and is left out until a sample comes. Besides, a new sample that no later one
 * can undo (a sum over its threshold) counts at once, before its period ends, so that an alarm does not take a minute.
 */
export class AlarmMonitor {
  readonly #parts: Parts;
  readonly #pending = new Map<string, Timer>();
  readonly #listeners = new Set<(name: string) => void>();
  /** Has the alarms whose state can change when the current period ends. */
  readonly #periodEnds: PeriodEnds;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#periodEnds = new PeriodEnds(parts.clock, (name, step, end) => this.#periodEnded(name, step, end));
    parts.metrics.onPut((key) => this.#sampleArrived(key));
    for (const alarm of parts.alarms.list()) this.#watch(alarm);
  }

  /** Calls `listener` with the name of every alarm that goes into the state ALARM. @returns ends that */
  onAlarm(listener: (name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#periodEnds.close();
    for (const timer of this.#pending.values()) timer.cancel();
  }

  /** Puts all alarms into the state of new ones, without actions, and forgets their history. */
  reset(): void {
    const { alarms, clock } = this.#parts;
    for (const timer of this.#pending.values()) timer.cancel();
    this.#pending.clear();
    for (const alarm of alarms.list()) {
      alarm.status = { ...initialStatus(clock.now()), configured: alarm.status.configured };
      alarms.changed(alarm);
    }
    alarms.clearHistory();
  }

  /** To be called when alarms of these names were made, changed or deleted. */
  alarmsChanged(names: readonly string[]): void {
    for (const name of names) {
      const alarm = this.#parts.alarms.get(name);
      if (alarm !== undefined) this.#watch(alarm);
      if (alarm?.kind === 'CompositeAlarm') this.#evaluateComposite(alarm);
      for (const parent of this.#parts.alarms.parentsOf(name)) this.#evaluateComposite(parent);
    }
  }

  /** Puts an alarm into a state; a transition is recorded and runs the actions of the new state. */
  setState(alarm: Alarm, { value, reason, reasonData }: NewState, triggers: readonly Alarm[] = []): void {
    const { alarms, clock } = this.#parts;
    const previous = alarm.status;
    this.#watch(alarm);
    if (value === previous.value) return;
    const now = clock.now();
    const status = { value, reason, updated: now, transitioned: now, configured: previous.configured };
    alarm.status = reasonData === undefined ? status : { ...status, reasonData };
    alarms.changed(alarm);
    alarms.record({
      alarmName: alarm.name,
      alarmType: alarm.kind,
      timestamp: now,
      type: 'StateUpdate',
      summary: `Alarm updated from ${previous.value} to ${value}`,
      data: JSON.stringify({ version: '1.0', oldState: historyState(previous), newState: historyState(alarm.status) }),
    });
    this.#runActions(alarm, previous, triggers);
    if (value === 'ALARM') for (const listener of this.#listeners) listener(alarm.name);
    for (const parent of alarms.parentsOf(alarm.name)) this.#evaluateComposite(parent, alarm);
  }

  /** Evaluates the alarm when the current period ends. */
  #watch(alarm: Alarm): void {
    if (alarm.kind === 'MetricAlarm') this.#periodEnds.add(alarm.name, stepOf(alarm));
  }

  /** @returns whether the state can change when the next period ends */
  #periodEnded(name: string, step: number, end: number): boolean {
    const alarm = this.#parts.alarms.get(name);
    if (alarm?.kind !== 'MetricAlarm' || stepOf(alarm) !== step) return false;
    this.#evaluate(alarm, end);
    return !this.#isQuiet(alarm, end);
  }

  /** Without data in the evaluation range the state stays the same however much time passes. */
  #isQuiet({ compiled }: MetricAlarm, end: number): boolean {
    const start = end - rangeOf(compiled) * compiled.period * 1000;
    return [...compiled.metricKeys].every((key) => {
      const newest = this.#parts.metrics.newest(key);
      return newest === undefined || newest + 60_000 <= start;
    });
  }

  #sampleArrived(key: string): void {
    for (const alarm of this.#parts.alarms.watching(key)) {
      this.#watch(alarm);
      const settled = !alarm.compiled.breachIsFinal || alarm.status.value === 'ALARM';
      if (settled || this.#pending.has(alarm.name)) continue;
      const timer = this.#parts.clock.schedule(() => {
        this.#pending.delete(alarm.name);
        const current = this.#parts.alarms.get(alarm.name);
        if (current?.kind === 'MetricAlarm') this.#evaluateUnfinished(current);
      }, debounceTime);
      this.#pending.set(alarm.name, timer);
    }
  }

  /** Evaluates the current period early if later samples cannot clear the breach. @returns whether there is one */
  #evaluateUnfinished(alarm: MetricAlarm): boolean {
    if (!alarm.compiled.breachIsFinal) return false;
    const step = stepOf(alarm);
    const next = this.#outcome(alarm, (Math.floor(this.#parts.clock.now() / step) + 1) * step);
    if (next?.value !== 'ALARM' || !next.newestBreaches) return false;
    if (alarm.status.value !== 'ALARM') this.setState(alarm, next.describe());
    return true;
  }

  #evaluate(alarm: MetricAlarm, end: number): void {
    if (this.#evaluateUnfinished(alarm)) return;
    const next = this.#outcome(alarm, end);
    if (next !== undefined && next.value !== alarm.status.value) this.setState(alarm, next.describe());
  }

  /** What the periods up to `end` say; undefined when the state stays as it is. */
  #outcome(alarm: MetricAlarm, end: number): Outcome | undefined {
    const { metrics } = this.#parts;
    const { period, rule, queries, id } = alarm.compiled;
    const length = rangeOf(alarm.compiled);
    const start = end - length * period * 1000;
    const points = queries.over(metrics, { start, end })(id);
    const timestamps = Array.from({ length }, (_, index) => start + index * period * 1000);
    const range = timestamps.map((timestamp) => points.get(timestamp));
    const verdict = evaluateDatapoints(range, rule);
    const { state } = verdict;
    if (state === 'unchanged') return undefined;
    const newest = range.at(-1);
    return {
      value: state,
      newestBreaches: newest !== undefined && rule.isBreaching(newest),
      describe: () => this.#describe(alarm, { ...verdict, state }, { timestamps, values: range, end }),
    };
  }

  #describe(alarm: MetricAlarm, verdict: Verdict & { readonly state: SettledState }, range: EvaluationRange): NewState {
    const { period, rule } = alarm.compiled;
    const samples = this.#sampleCounts(alarm, range.timestamps[0] ?? range.end, range.end);
    const datapoints = verdict.counted.flatMap((index): Datapoint[] => {
      const [timestamp, value] = [range.timestamps[index], range.values[index]];
      return timestamp === undefined || value === undefined
        ? []
        : [{ timestamp, value, sampleCount: samples(timestamp) }];
    });
    const evaluation = {
      verdict,
      state: verdict.state,
      datapoints,
      isBreaching: rule.isBreaching,
      missingData: rule.missingData,
      period,
      newest: range.end - period * 1000,
      now: this.#parts.clock.now(),
    };
    return {
      value: verdict.state,
      reason: stateReason(alarm.settings, evaluation),
      reasonData: stateReasonData(alarm.settings, evaluation),
    };
  }

  #sampleCounts(
    { compiled, settings }: MetricAlarm,
    start: number,
    end: number,
  ): (timestamp: number) => number | undefined {
    const [metric] = compiled.queries.metrics;
    if (settings.MetricName === undefined || metric === undefined) return () => undefined;
    const aggregates = this.#parts.metrics.read(metric, { start, end, period: compiled.period }, settings.Unit);
    return (timestamp) => aggregates.get(timestamp)?.count;
  }

  /** @param changed the alarm in its rule whose state changed */
  #evaluateComposite(alarm: CompositeAlarm, changed?: Alarm): void {
    const value = alarm.rule.isMet((name) => this.#parts.alarms.get(name)?.status.value) ? 'ALARM' : 'OK';
    if (value === alarm.status.value) return;
    this.setState(alarm, { value, reason: this.#compositeReason(alarm, changed) }, changed && [changed]);
  }

  #compositeReason(alarm: CompositeAlarm, changed: Alarm | undefined): string {
    if (changed === undefined) return `${alarm.arn} was created and its alarm rule evaluates to the new state`;
    const time = new Date(changed.status.updated).toUTCString();
    return `${changed.arn} transitioned to ${changed.status.value} at ${time}`;
  }

  #runActions(alarm: Alarm, previous: AlarmStatus, triggers: readonly Alarm[]): void {
    const { settings, status } = alarm;
    if (settings.ActionsEnabled === false) return;
    const actions = {
      OK: settings.OKActions,
      ALARM: settings.AlarmActions,
      INSUFFICIENT_DATA: settings.InsufficientDataActions,
    };
    const subject = alarmSubject(alarm, this.#parts.region);
    const message = alarmMessage(alarm, previous, this.#parts.region, triggers);
    for (const topicArn of actions[status.value] ?? []) void this.#runAction(alarm, topicArn, subject, message);
  }

  /** A failure is recorded in the history, as on CloudWatch. */
  async #runAction(
    { name, arn, kind, status }: Alarm,
    topicArn: string,
    subject: string,
    message: string,
  ): Promise<void> {
    const { alarms, clock, notify } = this.#parts;
    let error: string | undefined;
    try {
      await notify({ topicArn, subject, message, alarmArn: arn });
    } catch (reason) {
      error = reason instanceof Error ? reason.message : String(reason);
    }
    alarms.record({
      alarmName: name,
      alarmType: kind,
      timestamp: clock.now(),
      type: 'Action',
      summary: `${error === undefined ? 'Successfully executed' : 'Failed to execute'} action ${topicArn}`,
      data: JSON.stringify({
        actionState: error === undefined ? 'Succeeded' : 'Failed',
        stateUpdateTimestamp: status.updated,
        notificationResource: topicArn,
        publishedMessage: message,
        error,
      }),
    });
  }
}

/** How many periods are looked at. */
function rangeOf({ rule }: CompiledAlarm): number {
  return rule.evaluationPeriods + spareDatapoints;
}

function historyState({ value, reason, reasonData, updated }: AlarmStatus) {
  return {
    stateValue: value,
    stateReason: reason,
    stateReasonData: reasonData === undefined ? undefined : JSON.parse(reasonData),
    timestamp: alarmTime(updated),
  };
}
