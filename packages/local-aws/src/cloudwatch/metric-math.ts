import { metricError } from './metric-error.ts';
import { TextScanner } from './text-scanner.ts';

/** A time series by the start of each period, or one number. */
export type Points = ReadonlyMap<number, number>;
export type MathValue = Points | number;

export type MathScope = {
  /** @returns undefined for an id that no query has */
  readonly lookup: (id: string) => MathValue | undefined;
  /** Every metric of the request that is not an expression, for METRICS(). */
  readonly metrics: () => Points[];
  /** The start of every period in the window. */
  readonly timestamps: readonly number[];
};

type Evaluate = (scope: MathScope) => MathValue;
type EvaluateArray = (scope: MathScope) => Points[];

export type MathExpression = {
  readonly evaluate: Evaluate;
  /** The ids that it reads. */
  readonly ids: readonly string[];
  /** Whether it reads every metric through METRICS(). */
  readonly readsAll: boolean;
};

const arithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '>': (left, right) => Number(left > right),
  '<': (left, right) => Number(left < right),
  '>=': (left, right) => Number(left >= right),
  '<=': (left, right) => Number(left <= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
};

/** From the weakest to the strongest binding. */
const precedence = [/>=|<=|==|!=|>|</y, /[+-]/y, /[*/]/y, /\^/y];

const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: sum,
  AVG: (values) => sum(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const unary: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/**
 * Metric math: `+ - * / ^`, comparisons, SUM, AVG, MIN, MAX, FILL, IF, ABS, CEIL, FLOOR and METRICS().
 * @throws AwsError naming a function that is not one of them
 */
export function parseMath(text: string): MathExpression {
  const ids = new Set<string>();
  let readsAll = false;
  const scanner = new TextScanner(text, (message) =>
    metricError.validation(`Error in expression '${text}': ${message}`),
  );
  const evaluate = parseBinary(0);
  scanner.expectEnd();
  return { evaluate, ids: [...ids], readsAll };

  function parseBinary(level: number): Evaluate {
    const operators = precedence[level];
    if (operators === undefined) return parseOperand();
    let left = parseBinary(level + 1);
    for (;;) {
      const operator = scanner.take(operators);
      const apply = operator === undefined ? undefined : arithmetic[operator];
      if (apply === undefined) return left;
      const [before, right] = [left, parseBinary(level + 1)];
      left = (scope) => combine(before(scope), right(scope), apply);
    }
  }

  function parseOperand(): Evaluate {
    return scanner.nested(() => {
      if (scanner.take(/-/y) !== undefined) {
        const negated = parseOperand();
        return (scope) => mapValue(negated(scope), (value) => -value);
      }
      if (scanner.take(/\(/y) !== undefined) {
        const inner = parseBinary(0);
        scanner.expect(/\)/y, ')');
        return inner;
      }
      const number = scanner.take(/\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+/y);
      if (number !== undefined) return () => Number(number);
      const name = scanner.take(/[A-Z][A-Z0-9_]*(?=\s*\()/y);
      if (name !== undefined) return parseCall(name);
      return parseId();
    });
  }

  function parseId(): Evaluate {
    const id = scanner.expect(/[a-z][a-zA-Z0-9_]*/y, 'a number, an id or a function');
    ids.add(id);
    return ({ lookup }) => {
      const value = lookup(id);
      if (value === undefined) {
        throw metricError.validation(`Error in expression '${text}': no metric has the id ${id}`);
      }
      return value;
    };
  }

  function parseCall(name: string): Evaluate {
    const fold = folds[name];
    const map = unary[name];
    if (fold === undefined && map === undefined && name !== 'IF' && name !== 'FILL') {
      throw metricError.validation(
        `The local endpoint does not implement the metric math function ${name}. See the support matrix of local-aws.`,
      );
    }
    scanner.expect(/\(/y, '(');
    const result =
      fold !== undefined
        ? parseFold(fold)
        : map !== undefined
          ? parseMap(map)
          : name === 'IF'
            ? parseIf()
            : parseFill();
    scanner.expect(/\)/y, ')');
    return result;
  }

  /** Of one series: a number over time; of an array of series: a series. */
  function parseFold(fold: (values: readonly number[]) => number): Evaluate {
    const array = parseArray();
    if (array !== undefined) {
      return (scope) => {
        const members = array(scope);
        return series(scope.timestamps, (time) => {
          const values = members.flatMap((member) => member.get(time) ?? []);
          return values.length === 0 ? undefined : fold(values);
        });
      };
    }
    const inner = parseBinary(0);
    return (scope) => {
      const value = inner(scope);
      if (typeof value === 'number') return value;
      return value.size === 0 ? new Map() : fold([...value.values()]);
    };
  }

  function parseArray(): EvaluateArray | undefined {
    if (scanner.take(/METRICS\s*\(\s*\)/y) !== undefined) {
      readsAll = true;
      return ({ metrics }) => metrics();
    }
    if (scanner.take(/\[/y) === undefined) return undefined;
    const members = [parseBinary(0)];
    while (scanner.take(/,/y) !== undefined) members.push(parseBinary(0));
    scanner.expect(/\]/y, ']');
    return (scope) => members.map((member) => toSeries(member(scope), scope.timestamps));
  }

  function parseMap(map: (value: number) => number): Evaluate {
    const inner = parseBinary(0);
    return (scope) => mapValue(inner(scope), map);
  }

  function parseIf(): Evaluate {
    const condition = parseBinary(0);
    scanner.expect(/,/y, ',');
    const then = parseBinary(0);
    const otherwise = scanner.take(/,/y) === undefined ? undefined : parseBinary(0);
    return (scope) => {
      const test = toSeries(condition(scope), scope.timestamps);
      const yes = toSeries(then(scope), scope.timestamps);
      const no = otherwise === undefined ? new Map<number, number>() : toSeries(otherwise(scope), scope.timestamps);
      return series(scope.timestamps, (time) => {
        const value = test.get(time);
        return value === undefined ? undefined : (value === 0 ? no : yes).get(time);
      });
    };
  }

  function parseFill(): Evaluate {
    const inner = parseBinary(0);
    scanner.expect(/,/y, ',');
    if (scanner.take(/REPEAT\b/y) !== undefined) {
      return (scope) => {
        const values = toSeries(inner(scope), scope.timestamps);
        let last: number | undefined;
        return series(scope.timestamps, (time) => {
          last = values.get(time) ?? last;
          return last;
        });
      };
    }
    const filling = parseBinary(0);
    return (scope) => {
      const values = toSeries(inner(scope), scope.timestamps);
      const fill = toSeries(filling(scope), scope.timestamps);
      return series(scope.timestamps, (time) => values.get(time) ?? fill.get(time));
    };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A point where both sides have one; what has no number, as a division by zero, has no point. */
function combine(left: MathValue, right: MathValue, apply: (left: number, right: number) => number): MathValue {
  if (typeof left === 'number') return mapValue(right, (value) => apply(left, value));
  if (typeof right === 'number') return mapValue(left, (value) => apply(value, right));
  return series([...left.keys()], (time) => {
    const [one, other] = [left.get(time), right.get(time)];
    return one === undefined || other === undefined ? undefined : apply(one, other);
  });
}

function mapValue(value: MathValue, map: (value: number) => number): MathValue {
  if (typeof value === 'number') return map(value);
  return series([...value.keys()], (time) => {
    const point = value.get(time);
    return point === undefined ? undefined : map(point);
  });
}

export function toSeries(value: MathValue, timestamps: readonly number[]): Points {
  return typeof value === 'number' ? series(timestamps, () => value) : value;
}

function series(timestamps: readonly number[], point: (time: number) => number | undefined): Points {
  return new Map(
    timestamps.flatMap((time): [number, number][] => {
      const value = point(time);
      return value === undefined || !Number.isFinite(value) ? [] : [[time, value]];
    }),
  );
}
