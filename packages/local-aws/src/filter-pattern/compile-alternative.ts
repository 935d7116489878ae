import { isJsonObject, type JsonValue } from '../core/json.ts';
import { compileAddressRange } from './compile-address-range.ts';
import { compileNumeric } from './compile-numeric.ts';
import { compileWildcard } from './compile-wildcard.ts';
import { invalidFilterPattern } from './invalid-filter-pattern.ts';

export type Scalar = string | number | boolean | null;
type Match = (leaf: Scalar) => boolean;

/** One element of a pattern's leaf: fits a present leaf, or fits when there is none. */
export type Alternative = { readonly kind: 'absent' } | { readonly kind: 'leaf'; readonly matches: Match };

const textMatchers: Readonly<Record<string, (operand: string) => (text: string) => boolean>> = {
  prefix: (operand) => (text) => text.startsWith(operand),
  suffix: (operand) => (text) => text.endsWith(operand),
  'equals-ignore-case': (operand) => {
    const folded = operand.toLowerCase();
    return (text) => text.toLowerCase() === folded;
  },
  wildcard: compileWildcard,
};

const ignoringCase: Readonly<Record<string, (operand: string) => (text: string) => boolean>> = {
  prefix: (operand) => (text) => text.toLowerCase().startsWith(operand.toLowerCase()),
  suffix: (operand) => (text) => text.toLowerCase().endsWith(operand.toLowerCase()),
};

const otherMatchers: Readonly<Record<string, (operand: JsonValue) => Match>> = {
  'anything-but': compileAnythingBut,
  numeric: compileNumeric,
  cidr: compileAddressRange,
};

export function isMatcherName(name: string): boolean {
  return name === 'exists' || Object.hasOwn(textMatchers, name) || Object.hasOwn(otherMatchers, name);
}

export function compileAlternative(definition: JsonValue): Alternative {
  if (!isJsonObject(definition)) {
    if (Array.isArray(definition)) {
      throw invalidFilterPattern('Match value must be String, number, true, false, or null');
    }
    return { kind: 'leaf', matches: (leaf) => leaf === definition };
  }
  const [name, operand] = onlyEntry(definition);
  if (name === 'exists') {
    if (typeof operand !== 'boolean') {
      throw invalidFilterPattern('exists match pattern must be either true or false.');
    }
    return operand ? { kind: 'leaf', matches: () => true } : { kind: 'absent' };
  }
  const compile = Object.hasOwn(otherMatchers, name) ? otherMatchers[name] : undefined;
  return { kind: 'leaf', matches: compile === undefined ? compileText(name, operand) : compile(operand) };
}

function onlyEntry(definition: JsonValue): [name: string, operand: JsonValue] {
  const entries = isJsonObject(definition) ? Object.entries(definition) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw invalidFilterPattern('Only one key allowed in match expression');
  return entry;
}

function compileText(name: string, operand: JsonValue): Match {
  if (isJsonObject(operand)) {
    // `{ "prefix": { "equals-ignore-case": "x" } }`
    const [modifier, text] = onlyEntry(operand);
    if (modifier !== 'equals-ignore-case') throw notText(name);
    return textMatch(ignoringCase, name, text);
  }
  return textMatch(textMatchers, name, operand);
}

function textMatch(matchers: typeof textMatchers, name: string, operand: JsonValue): Match {
  const compile = Object.hasOwn(matchers, name) ? matchers[name] : undefined;
  if (compile === undefined) throw invalidFilterPattern(`Unrecognized match type ${name}`);
  if (typeof operand !== 'string') throw notText(name);
  const matches = compile(operand);
  return (leaf) => typeof leaf === 'string' && matches(leaf);
}

function notText(name: string): Error {
  return invalidFilterPattern(`${name} match pattern must be a string`);
}

/** Fits every present leaf that none of the exclusions fits. */
function compileAnythingBut(operand: JsonValue): Match {
  if (isJsonObject(operand)) {
    const [name, texts] = onlyEntry(operand);
    if (!Object.hasOwn(textMatchers, name)) throw invalidFilterPattern(`Unsupported anything-but pattern: ${name}`);
    const excluded = listOf(texts).map((text) => {
      if (text === '' && name !== 'wildcard') throw invalidFilterPattern();
      return compileText(name, text);
    });
    return (leaf) => !excluded.some((matches) => matches(leaf));
  }
  const values = listOf(operand);
  const isUniform =
    values.every((value) => typeof value === 'string') || values.every((value) => typeof value === 'number');
  if (!isUniform) throw invalidFilterPattern();
  const excluded = new Set<JsonValue>(values);
  return (leaf) => !excluded.has(leaf);
}

function listOf(value: JsonValue): JsonValue[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw invalidFilterPattern();
  return list;
}
