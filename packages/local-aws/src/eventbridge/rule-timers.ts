import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Observer } from '../core/observer.ts';
import { ruleSchedule } from '../schedule-expression/rule-schedule.ts';
import { Timetable } from '../schedule-expression/timetable.ts';
import { busEvent } from './bus-event.ts';
import { isEnabled, type Rule } from './rule.ts';

type Ports = {
  readonly clock: Clock;
  readonly observer: Observer;
  readonly find: (ruleArn: string) => Rule | undefined;
  /** Hands an event to the targets of a rule. */
  readonly trigger: (rule: Rule, event: ReturnType<typeof busEvent>, traceHeader: string | undefined) => void;
  readonly onError: (error: unknown) => void;
};

/** Fires the rules that have a schedule. */
export class RuleTimers {
  readonly #ports: Ports;
  readonly #timetable: Timetable;
  /** What the rules are planned by. */
  readonly #planned = new Map<string, string>();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#timetable = new Timetable(ports.clock, (ruleArn, due) => this.#fire(ruleArn, due));
  }

  /** To be called after each change of a rule. */
  changed(ruleArn: string): void {
    const rule = this.#ports.find(ruleArn);
    const expression = rule !== undefined && isEnabled(rule) ? rule.scheduleExpression : undefined;
    const plan = expression === undefined ? undefined : `${expression} ${rule?.scheduledSince}`;
    if (this.#planned.get(ruleArn) === plan) return;
    this.#timetable.delete(ruleArn);
    this.#planned.delete(ruleArn);
    if (rule === undefined || expression === undefined || plan === undefined) return;
    this.#planned.set(ruleArn, plan);
    this.#timetable.set(ruleArn, ruleSchedule(expression)(rule.scheduledSince));
  }

  close(): void {
    this.#timetable.close();
  }

  #fire(ruleArn: string, time: number): void {
    const { find, observer, trigger, onError } = this.#ports;
    const rule = find(ruleArn);
    if (rule === undefined) return;
    const { name, region } = rule;
    const event = busEvent({
      ...{ id: randomUUID(), source: 'aws.events', detailType: 'Scheduled Event', region, time },
      resources: [ruleArn],
      detail: {},
    });
    observer
      .span(
        () => ({
          kind: 'delivery',
          service: 'events',
          resource: name,
          operation: rule.scheduleExpression ?? '',
          input: JSON.stringify(event),
          attributes: { mechanism: 'schedule', rule: ruleArn },
          causes: [],
        }),
        async (span) => trigger(rule, event, span.traceHeader),
      )
      .catch(onError);
  }
}
