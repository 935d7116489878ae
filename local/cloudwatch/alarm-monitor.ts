import type { Clock, Timer } from '../core/clock.ts';
import { alarmMessage, alarmSubject } from './alarm-message.ts';
import type { AlarmState } from './alarm-rule.ts';
import type { Alarm, AlarmStatus, AlarmStore, CompositeAlarm, MetricAlarm } from './alarm-store.ts';
import { alarmTime, type Datapoint, stateReason, stateReasonData } from './describe-evaluation.ts';
import { evaluateDatapoints, spareDatapoints } from './evaluate-datapoints.ts';
import type { MetricStore } from './metric-store.ts';

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
type NewState = { readonly value: AlarmState; readonly reason: string; readonly reasonData?: string | undefined };

/** Periods end on the minute, those of high-resolution alarms every ten seconds. */
const stepOf = (period: number): number => (period < 60 ? 10_000 : 60_000);
/** After the end of a period, so that what was measured in it has come in. */
const settleTime = 1_000;
/** New samples of a metric within this time cause one evaluation. */
const debounceTime = 250;

/**
 * Evaluates every metric alarm when a period ends, over whole periods, as CloudWatch does each minute. Besides, a new
 * sample that no later one can undo (a sum over its threshold) counts at once, before its period ends, so that nobody
 * has to wait a minute for an alarm.
 */
export class AlarmMonitor {
  readonly #parts: Parts;
  readonly #pending = new Map<string, Timer>();
  #tick: Timer | undefined;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.metrics.onPut((key) => this.#sampleArrived(key));
    this.#scheduleTick();
  }

  close(): void {
    this.#closed = true;
    this.#tick?.cancel();
    for (const timer of this.#pending.values()) timer.cancel();
  }

  /** To be called when alarms were made, changed or deleted. */
  alarmsChanged(): void {
    this.#scheduleTick();
    this.#evaluateComposites();
  }

  /** Puts an alarm into a state; a transition is recorded and runs the actions of the new state. */
  setState(alarm: Alarm, { value, reason, reasonData }: NewState, triggers: readonly Alarm[] = []): void {
    const { alarms, clock } = this.#parts;
    const previous = alarm.status;
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
    this.#evaluateComposites(alarm);
  }

  #scheduleTick(): void {
    this.#tick?.cancel();
    if (this.#closed) return;
    const { alarms, clock } = this.#parts;
    const steps = alarms
      .list()
      .flatMap((alarm) => (alarm.kind === 'MetricAlarm' ? [stepOf(alarm.compiled.period)] : []));
    if (steps.length === 0) return;
    const step = Math.min(...steps);
    const delay = step - ((clock.now() - settleTime) % step);
    this.#tick = clock.schedule(() => {
      for (const alarm of alarms.list()) if (alarm.kind === 'MetricAlarm') this.#evaluate(alarm);
      this.#scheduleTick();
    }, delay);
  }

  #sampleArrived(key: string): void {
    for (const alarm of this.#parts.alarms.watching(key)) {
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

  /** Heeds a breach in the period that has not ended yet if nothing can undo it. @returns whether there is one */
  #evaluateUnfinished(alarm: MetricAlarm): boolean {
    if (!alarm.compiled.breachIsFinal) return false;
    const step = stepOf(alarm.compiled.period);
    const next = this.#outcome(alarm, (Math.floor(this.#parts.clock.now() / step) + 1) * step);
    if (next?.state.value !== 'ALARM' || !next.newestBreaches) return false;
    this.setState(alarm, next.state);
    return true;
  }

  #evaluate(alarm: MetricAlarm): void {
    if (this.#evaluateUnfinished(alarm)) return;
    const step = stepOf(alarm.compiled.period);
    const next = this.#outcome(alarm, Math.floor(this.#parts.clock.now() / step) * step);
    if (next !== undefined) this.setState(alarm, next.state);
  }

  /** What the periods up to `end` say; undefined when the state stays as it is. */
  #outcome(alarm: MetricAlarm, end: number): { state: NewState; newestBreaches: boolean } | undefined {
    const { metrics, clock } = this.#parts;
    const { period, rule, queries, id } = alarm.compiled;
    const length = rule.evaluationPeriods + spareDatapoints;
    const start = end - length * period * 1000;
    const points = queries.over(metrics, { start, end })(id);
    const timestamps = Array.from({ length }, (_, index) => start + index * period * 1000);
    const range = timestamps.map((timestamp) => points.get(timestamp));

    const verdict = evaluateDatapoints(range, rule);
    if (verdict.state === 'unchanged') return undefined;
    const samples = this.#sampleCounts(alarm, start, end);
    const datapoints = verdict.counted.flatMap((index): Datapoint[] => {
      const [timestamp, value] = [timestamps[index], range[index]];
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
      newest: end - period * 1000,
      now: clock.now(),
    };
    const newest = range.at(-1);
    return {
      state: {
        value: verdict.state,
        reason: stateReason(alarm.settings, evaluation),
        reasonData: stateReasonData(alarm.settings, evaluation),
      },
      newestBreaches: newest !== undefined && rule.isBreaching(newest),
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

  /** Evaluates the composite alarms that name `changed`, or all. */
  #evaluateComposites(changed?: Alarm): void {
    const { alarms } = this.#parts;
    for (const alarm of alarms.list()) {
      if (alarm.kind !== 'CompositeAlarm') continue;
      if (changed !== undefined && !alarm.rule.children.includes(changed.name)) continue;
      const value = alarm.rule.isMet((name) => alarms.get(name)?.status.value) ? 'ALARM' : 'OK';
      if (value !== alarm.status.value) {
        this.setState(alarm, { value, reason: this.#compositeReason(alarm, changed) }, changed && [changed]);
      }
    }
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

  /** A failure is told in the history, as on CloudWatch. */
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

function historyState({ value, reason, reasonData, updated }: AlarmStatus) {
  return {
    stateValue: value,
    stateReason: reason,
    stateReasonData: reasonData === undefined ? undefined : JSON.parse(reasonData),
    timestamp: alarmTime(updated),
  };
}
