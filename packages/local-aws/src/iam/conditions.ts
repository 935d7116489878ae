import { AwsError } from '../core/aws-error.ts';
import { matchesAddress } from './address.ts';
import { compilePattern, matchesArn, matchesPattern, type Pattern, type RequestContext, textOf } from './pattern.ts';

/** One key of one operator in a statement's Condition block. */
export type ConditionTest = {
  /** In lower case. */
  readonly key: string;
  holds(context: RequestContext): boolean;
};

/** Whether a value of the request fits one of the policy's values. */
type Comparison = (actual: string, wanted: Pattern, source: string, context: RequestContext) => boolean;

type Operator = { readonly compare: Comparison; readonly negated: boolean; readonly wildcards: boolean };

const number =
  (test: (actual: number, wanted: number) => boolean): Comparison =>
  (actual, _, wanted) =>
    actual.trim() !== '' && wanted.trim() !== '' && test(Number(actual), Number(wanted));

const date =
  (test: (actual: number, wanted: number) => boolean): Comparison =>
  (actual, _, wanted) =>
    test(timeOf(actual), timeOf(wanted));

/** ISO 8601, or seconds since the epoch. */
function timeOf(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

const exact: Comparison = (actual, wanted, _, context) => matchesPattern(wanted, actual, context);
const arnLike: Comparison = (actual, wanted, _, context) => matchesArn(wanted, actual, context);
const ignoringCase: Comparison = (actual, wanted, _, context) =>
  actual.toLowerCase() === textOf(wanted, context)?.toLowerCase();

const equal = (a: number, b: number): boolean => a === b;
const less = (a: number, b: number): boolean => a < b;
const lessOrEqual = (a: number, b: number): boolean => a <= b;
const greater = (a: number, b: number): boolean => a > b;
const greaterOrEqual = (a: number, b: number): boolean => a >= b;

const positive = (compare: Comparison, wildcards = false): Operator => ({ compare, negated: false, wildcards });
const negative = (compare: Comparison, wildcards = false): Operator => ({ compare, negated: true, wildcards });

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: positive(exact),
  StringNotEquals: negative(exact),
  StringEqualsIgnoreCase: positive(ignoringCase),
  StringNotEqualsIgnoreCase: negative(ignoringCase),
  StringLike: positive(exact, true),
  StringNotLike: negative(exact, true),
  NumericEquals: positive(number(equal)),
  NumericNotEquals: negative(number(equal)),
  NumericLessThan: positive(number(less)),
  NumericLessThanEquals: positive(number(lessOrEqual)),
  NumericGreaterThan: positive(number(greater)),
  NumericGreaterThanEquals: positive(number(greaterOrEqual)),
  DateEquals: positive(date(equal)),
  DateNotEquals: negative(date(equal)),
  DateLessThan: positive(date(less)),
  DateLessThanEquals: positive(date(lessOrEqual)),
  DateGreaterThan: positive(date(greater)),
  DateGreaterThanEquals: positive(date(greaterOrEqual)),
  Bool: positive((actual, _, wanted) => actual.toLowerCase() === wanted.toLowerCase()),
  BinaryEquals: positive((actual, _, wanted) => actual === wanted),
  IpAddress: positive((actual, _, wanted) => matchesAddress(actual, wanted)),
  NotIpAddress: negative((actual, _, wanted) => matchesAddress(actual, wanted)),
  // AWS treats Equals as Like here.
  ArnEquals: positive(arnLike, true),
  ArnLike: positive(arnLike, true),
  ArnNotEquals: negative(arnLike, true),
  ArnNotLike: negative(arnLike, true),
};

/** @throws AwsError MalformedPolicyDocument for an operator that IAM does not have */
export function compileConditions(
  block: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  variables: boolean,
): ConditionTest[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileTest(operator, key.toLowerCase(), values, variables)),
  );
}

function compileTest(name: string, key: string, values: readonly string[], variables: boolean): ConditionTest {
  if (name === 'Null') {
    const mustBeAbsent = values.includes('true');
    return { key, holds: (context) => ((context.get(key) ?? []).length === 0) === mustBeAbsent };
  }
  const [, quantifier, base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
  if (operator === undefined) throw new AwsError('MalformedPolicyDocument', `Invalid Condition type : ${name}.`);

  const { compare, negated, wildcards } = operator;
  const wanted = values.map((source) => ({ source, pattern: compilePattern(source, { variables, wildcards }) }));
  const fits = (actual: string, context: RequestContext): boolean =>
    wanted.some(({ source, pattern }) => compare(actual, pattern, source, context)) !== negated;
  return {
    key,
    holds(context) {
      const actual = context.get(key) ?? [];
      if (actual.length === 0) {
        if (quantifier === 'ForAnyValue') return ifExists !== undefined;
        return quantifier === 'ForAllValues' || ifExists !== undefined || negated;
      }
      // Without a quantifier one fitting value is enough, and one forbidden value too much.
      const every = quantifier === 'ForAllValues' || (quantifier === undefined && negated);
      return every ? actual.every((value) => fits(value, context)) : actual.some((value) => fits(value, context));
    },
  };
}
