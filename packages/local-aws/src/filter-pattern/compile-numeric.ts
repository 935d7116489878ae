import type { JsonValue } from '../core/json.ts';
import { invalidFilterPattern } from './invalid-filter-pattern.ts';

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 5]`, `["<", 5]`, `[">", 0, "<=", 5]`: one comparison, or a range from its lower bound to its upper one. */
export function compileNumeric(operand: JsonValue): (leaf: unknown) => boolean {
  if (!Array.isArray(operand)) throw invalidFilterPattern();
  const [operator, bound, upperOperator, upperBound] = operand;
  const first = compileComparison(operator, bound);
  if (operand.length === 2) return first;
  const isRange = String(operator).startsWith('>') && String(upperOperator).startsWith('<');
  if (operand.length > 4 || !String(operator).startsWith('>')) {
    throw invalidFilterPattern('Too many elements in numeric expression');
  }
  if (!isRange) throw invalidFilterPattern(`Bad numeric range operator: ${String(upperOperator)}`);
  const second = compileComparison(upperOperator, upperBound);
  if (Number(bound) >= Number(upperBound)) throw invalidFilterPattern('Bottom must be less than top');
  return (leaf) => first(leaf) && second(leaf);
}

function compileComparison(operator: JsonValue | undefined, bound: JsonValue | undefined): (leaf: unknown) => boolean {
  const compare =
    typeof operator === 'string' && Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (compare === undefined) throw invalidFilterPattern(`Unrecognized numeric range operator: ${String(operator)}`);
  if (typeof bound !== 'number') throw invalidFilterPattern(`Value of ${String(operator)} must be numeric`);
  return (leaf) => typeof leaf === 'number' && compare(leaf, bound);
}
