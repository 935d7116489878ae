import { type Predicate, parseBooleanExpression } from './boolean-expression.ts';
import { metricError } from './metric-error.ts';
import { TextScanner } from './text-scanner.ts';

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof alarmStates)[number];

export type AlarmRule = {
  /** The alarms that the rule names. */
  readonly children: readonly string[];
  /** Whether the composite alarm is in ALARM, given the states of its children. */
  readonly isMet: Predicate<(name: string) => AlarmState | undefined>;
};

/** `ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA("arn:…:alarm:c"))`, TRUE, FALSE. @throws AwsError ValidationError */
export function parseAlarmRule(text: string): AlarmRule {
  const children = new Set<string>();
  const scanner = new TextScanner(text, (message) => metricError.validation(`AlarmRule must be valid: ${message}.`));
  const isMet = parseBooleanExpression<(name: string) => AlarmState | undefined>(scanner, {
    and: /AND\b/y,
    or: /OR\b/y,
    not: /NOT\b/y,
    operand: () => {
      const constant = scanner.take(/TRUE\b|FALSE\b/y);
      if (constant !== undefined) return () => constant === 'TRUE';
      const state = scanner.expect(/INSUFFICIENT_DATA(?=\s*\()|ALARM(?=\s*\()|OK(?=\s*\()/y, 'a state function');
      scanner.expect(/\(/y, '(');
      const quoted = scanner.take(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/y);
      const given =
        quoted === undefined
          ? scanner.expect(/[^\s()"']+/y, 'an alarm')
          : quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
      scanner.expect(/\)/y, ')');
      const name = /^arn:[^:]+:cloudwatch:[^:]*:\d*:alarm:(.+)$/s.exec(given)?.[1] ?? given;
      children.add(name);
      return (stateOf) => stateOf(name) === state;
    },
  });
  scanner.expectEnd();
  return { children: [...children], isMet };
}
