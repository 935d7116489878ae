import { isJsonObject } from '../core/json.ts';
import { type Predicate, parseBooleanExpression } from './boolean-expression.ts';
import { invalidPattern } from './log-filter-error.ts';
import { type FieldValue, parseComparison } from './log-filter-value.ts';
import { TextScanner } from './text-scanner.ts';

const selectorPattern = /\$(?:\.[\p{L}\p{N}_-]+(?:\[\d+\])*)+/uy;

/** Reads a value out of a parsed log event; undefined when it is not there. */
export type Selector = (document: unknown) => unknown;

/** `{ $.level = "ERROR" && $.latency > 1e3 }` over a parsed log event, with the selectors that it names. */
export function compileJsonPattern(pattern: string): { matches: Predicate<unknown>; selectors: readonly string[] } {
  const selectors = new Set<string>();
  const scanner = new TextScanner(pattern, invalidPattern);
  scanner.expect(/\{/y, '{');
  const matches = parseBooleanExpression(scanner, {
    and: /&&/y,
    or: /\|\|/y,
    operand: () => parseCondition(scanner, selectors),
  });
  scanner.expect(/\}/y, '}');
  scanner.expectEnd();
  return { matches, selectors: [...selectors] };
}

function parseCondition(scanner: TextScanner, selectors: Set<string>): Predicate<unknown> {
  const text = scanner.expect(selectorPattern, 'a selector');
  const select = compileSelector(text);
  selectors.add(text);
  if (scanner.take(/NOT\s+EXISTS\b/y) !== undefined) return (document) => select(document) === undefined;
  if (scanner.take(/IS\s+NULL\b/y) !== undefined) return (document) => select(document) === null;
  if (scanner.take(/IS\s+TRUE\b/y) !== undefined) return (document) => select(document) === true;
  if (scanner.take(/IS\s+FALSE\b/y) !== undefined) return (document) => select(document) === false;
  const test = parseComparison(scanner);
  // A selector that finds nothing, an array or an object fits no comparison, `!=` included.
  return (document) => {
    const value = select(document);
    return isFieldValue(value) && test(value);
  };
}

/** @throws AwsError InvalidParameterException */
export function compileSelector(text: string): Selector {
  selectorPattern.lastIndex = 0;
  if (selectorPattern.exec(text)?.[0] !== text) throw invalidPattern(text);
  const keys = [...text.matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
  return (document) => {
    let current = document;
    for (const key of keys) {
      if (typeof key === 'number') current = Array.isArray(current) ? current[key] : undefined;
      else current = isJsonObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
    }
    return current;
  };
}

export function isFieldValue(value: unknown): value is FieldValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The JSON object that a log message is, if it is one. */
export function parseJsonMessage(message: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^\s*\{/.test(message)) return undefined;
  try {
    const document: unknown = JSON.parse(message);
    return isJsonObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}
