import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonValue } from '../core/json.ts';
import { Mirror } from '../core/mirror.ts';
import type { StateStore } from '../core/state-store.ts';
import { compileFilterPattern } from '../filter-pattern/compile-filter-pattern.ts';
import { ruleSchedule } from '../schedule-expression/rule-schedule.ts';
import type { EventBus } from './bus-store.ts';
import { checkTarget } from './check-target.ts';
import { eventsError } from './events-error.ts';
import { isEnabled, type Rule, ruleArnOf, ruleSchema, type Target } from './rule.ts';

/** What PutRule sets: what it leaves out has no value afterwards. */
export type RuleSettings = Pick<Rule, 'description' | 'pattern' | 'scheduleExpression' | 'roleArn'> & {
  readonly state?: Rule['state'] | undefined;
  /** Undefined leaves them as they are. */
  readonly tags?: Record<string, string> | undefined;
};
type Matches = (event: JsonValue) => boolean;

const maxTargets = 5;
/** AWS's quota of a bus. */
const maxRules = 300;
const maxPatternLength = 4096;

/** The rules of all buses, with their targets. */
export class RuleStore {
  readonly #clock: Clock;
  /** By ARN. */
  readonly #rules: Map<string, Rule>;
  /** The same rules by the ARN of their bus: events are held against those of one bus only. */
  readonly #byBus = new Map<string, Map<string, Rule>>();
  readonly #mirror: Mirror<Rule>;
  readonly #compiled = new Map<string, { readonly pattern: string; readonly matches: Matches }>();
  readonly #onChange: (ruleArn: string) => void;

  /** @param onChange is called after each change of a rule, and when it is deleted */
  constructor(state: StateStore, clock: Clock, onChange: (ruleArn: string) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#mirror = new Mirror(state, 'events/rules', ruleSchema, () => this.#rules);
    this.#rules = this.#mirror.kept();
    for (const rule of this.#rules.values()) this.#index(rule);
  }

  all(): readonly Rule[] {
    return [...this.#rules.values()];
  }

  find(ruleArn: string): Rule | undefined {
    return this.#rules.get(ruleArn);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(name: string, bus: EventBus): Rule {
    const rule = this.#rules.get(ruleArnOf(name, bus));
    if (rule === undefined) throw eventsError.noRule(name, bus.name);
    return rule;
  }

  /** In the order of their names. */
  of(bus: EventBus): Rule[] {
    return [...this.on(bus)].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  on({ arn }: EventBus): Iterable<Rule> {
    return this.#byBus.get(arn)?.values() ?? [];
  }

  /** Whether an event fits the pattern of a rule; undefined for a rule without one. */
  matches({ arn, pattern }: Rule, event: JsonValue): boolean | undefined {
    if (pattern === undefined) return undefined;
    const known = this.#compiled.get(arn);
    if (known?.pattern === pattern) return known.matches(event);
    const matches = compileEventPattern(pattern);
    this.#compiled.set(arn, { pattern, matches });
    return matches(event);
  }

  /** Makes a rule or changes it; its targets stay. @throws AwsError */
  put(name: string, bus: EventBus, settings: RuleSettings): Rule {
    const { pattern, scheduleExpression, state = 'ENABLED' } = settings;
    if (pattern === undefined && scheduleExpression === undefined) {
      throw eventsError.validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
    }
    if (pattern !== undefined) compileEventPattern(pattern);
    if (scheduleExpression !== undefined) {
      if (bus.name !== 'default') {
        throw eventsError.validation('ScheduleExpression is supported only on the default event bus.');
      }
      ruleSchedule(scheduleExpression);
    }
    const arn = ruleArnOf(name, bus);
    const existing = this.#rules.get(arn);
    if (existing === undefined && (this.#byBus.get(bus.arn)?.size ?? 0) >= maxRules) throw eventsError.limitExceeded();
    const rule: Rule = {
      name,
      arn,
      busArn: bus.arn,
      busName: bus.name,
      region: bus.region,
      ...settings,
      state,
      tags: settings.tags ?? existing?.tags ?? {},
      targets: existing?.targets ?? [],
      scheduledSince: this.#clock.now(),
    };
    this.#rules.set(arn, rule);
    this.#index(rule);
    this.changed(rule);
    return rule;
  }

  setState(rule: Rule, state: Rule['state']): void {
    if (!isEnabled(rule) && state !== 'DISABLED') rule.scheduledSince = this.#clock.now();
    rule.state = state;
    this.changed(rule);
  }

  /** Adds targets; one of a known id is replaced. @throws AwsError */
  putTargets(rule: Rule, targets: readonly Target[]): void {
    for (const target of targets) checkTarget(target);
    const added = new Map([...rule.targets, ...targets].map((target) => [target.Id, target]));
    if (added.size > maxTargets) throw eventsError.limitExceeded();
    rule.targets = [...added.values()];
    this.changed(rule);
  }

  /** Removes targets, and gives the ids that the rule does not have. */
  removeTargets(rule: Rule, ids: readonly string[]): string[] {
    const known = new Set(rule.targets.map(({ Id }) => Id));
    rule.targets = rule.targets.filter(({ Id }) => !ids.includes(Id));
    this.changed(rule);
    return ids.filter((id) => !known.has(id));
  }

  /** @throws AwsError ValidationException for a rule with targets */
  delete(rule: Rule): void {
    if (rule.targets.length > 0) throw eventsError.validation("Rule can't be deleted since it has targets.");
    this.#rules.delete(rule.arn);
    this.#byBus.get(rule.busArn)?.delete(rule.arn);
    this.#compiled.delete(rule.arn);
    this.changed(rule);
  }

  #index(rule: Rule): void {
    const rules = this.#byBus.get(rule.busArn) ?? new Map<string, Rule>();
    this.#byBus.set(rule.busArn, rules.set(rule.arn, rule));
  }

  changed({ arn }: Rule): void {
    this.#mirror.changed(arn);
    this.#onChange(arn);
  }
}

/** @throws AwsError InvalidEventPatternException */
export function compileEventPattern(pattern: string): Matches {
  if (pattern.length > maxPatternLength) {
    throw eventsError.validation(`EventPattern has more than ${maxPatternLength} characters.`);
  }
  try {
    return compileFilterPattern(pattern);
  } catch (error) {
    if (error instanceof AwsError) throw eventsError.invalidPattern(error.message);
    throw error;
  }
}
