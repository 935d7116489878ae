import { LinearPattern, PatternError } from '../core/linear-pattern.ts';
import { invalidPattern, invalidTerm } from './log-filter-error.ts';
import type { TextScanner } from './text-scanner.ts';

export type FieldValue = string | number | boolean;
export type FieldTest = (value: FieldValue) => boolean;

const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const orderings: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
};

/** A number as filter patterns and log fields spell it, exponents included; undefined for any other text. */
export function parseNumber(text: string): number | undefined {
  return numberPattern.test(text) ? Number(text) : undefined;
}

/** Reads `<operator> <value>` of a JSON or space-delimited pattern. */
export function parseComparison(scanner: TextScanner): FieldTest {
  const operator = scanner.expect(/>=|<=|!=|=\s*!(?=[^=])|=|>|</y, 'an operator');
  const ordering = orderings[operator];
  if (ordering !== undefined) {
    const text = scanner.expect(/"(?:\\.|[^"\\])*"|[^\s()&|,{}\]]+/y, 'a number');
    const bound = parseNumber(text);
    if (bound === undefined) throw invalidTerm(text);
    return (value) => {
      const number = typeof value === 'string' ? parseNumber(value) : value;
      return typeof number === 'number' && ordering(number, bound);
    };
  }
  const test = parseEquality(scanner);
  return operator === '=' ? test : (value) => !test(value);
}

function parseEquality(scanner: TextScanner): FieldTest {
  const regex = scanner.take(/%(?:\\.|[^%\\])+%/y);
  if (regex !== undefined) {
    const compiled = compileRegex(regex.slice(1, -1));
    return (value) => compiled.test(String(value));
  }
  const quoted = scanner.take(/"(?:\\.|[^"\\])*"/y);
  if (quoted !== undefined) {
    const matches = compileWildcard(unquote(quoted));
    return (value) => matches(String(value));
  }
  const bare = scanner.expect(/[\p{L}\p{N}_*.:/+-]+/uy, 'a value');
  const number = parseNumber(bare);
  const matches = compileWildcard(bare);
  return (value) => (typeof value === 'number' && number !== undefined ? value === number : matches(String(value)));
}

export function unquote(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
}

/** `*` stands for any text at either end only; inside a term it is itself: `Ev*ent` matches just `Ev*ent`. */
function compileWildcard(term: string): (text: string) => boolean {
  if (/^\*+$/.test(term)) return () => true;
  const open = term.startsWith('*');
  const close = term.endsWith('*');
  const literal = term.slice(open ? 1 : 0, close ? -1 : undefined);
  if (open && close) return (text) => text.includes(literal);
  if (open) return (text) => text.endsWith(literal);
  if (close) return (text) => text.startsWith(literal);
  return (text) => text === literal;
}

/** An event that is too long for the pattern's complexity does not match. Filter patterns take a subset of regular expressions: one-byte characters, no groups, few symbols. */
export function compileRegex(source: string): { readonly test: (text: string) => boolean } {
  const withoutEscapes = source.replaceAll(/\\[\x20-\x7e]/g, '');
  if (!/^[A-Za-z0-9:_#=@/;,\-^$?[\]{}|*+. ]*$/.test(withoutEscapes)) throw invalidPattern(`%${source}%`);
  try {
    const pattern = LinearPattern.compile(source);
    return { test: (text) => pattern.isWithinLimit(text) && pattern.test(text) };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw invalidPattern(`%${source}%: ${error.message}`);
  }
}
