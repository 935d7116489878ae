import { type Predicate, parseBooleanExpression } from './boolean-expression.ts';
import { invalidPattern } from './log-filter-error.ts';
import { parseComparison } from './log-filter-value.ts';
import { TextScanner } from './text-scanner.ts';

/** The fields of one message by `$name`, or by `$position` for those that the pattern leaves without a name. */
export type Fields = {
  get(key: string): string | undefined;
  entries(): Iterable<readonly [key: string, value: string]>;
};

const namePattern = /[A-Za-z_][\w-]*/y;
const unconditionalPattern = /(?=[A-Za-z_][\w-]*\s*[,\]])/y;

/**
 * `[ip, user, ..., status = 4* && status != 404, bytes > 1000]`: the fields of a message must be as many as the pattern
 * lists (`...` stands for any number) and meet the conditions.
 *
 * @returns the fields of a message that fits, else undefined
 */
export function compileFieldsPattern(pattern: string): (message: string) => Fields | undefined {
  const scanner = new TextScanner(pattern, invalidPattern);
  const names: (string | undefined)[] = [];
  const conditions: Predicate<Fields>[] = [];
  let ellipsis: number | undefined;

  scanner.expect(/\[/y, '[');
  do {
    if (scanner.take(/\.\.\.|…/y) !== undefined) {
      if (ellipsis !== undefined) throw scanner.error('a second ellipsis');
      ellipsis = names.length;
    } else {
      names.push(parseField(scanner, conditions));
    }
  } while (scanner.take(/,/y) !== undefined);
  scanner.expect(/\]/y, ']');
  scanner.expectEnd();

  return (message) => {
    const limit = ellipsis === undefined ? names.length + 1 : Number.POSITIVE_INFINITY;
    const fields = nameFields(splitFields(message, limit), names, ellipsis);
    return fields !== undefined && conditions.every((condition) => condition(fields)) ? fields : undefined;
  };
}

/** Reads one field and adds its condition, if it has one. @returns its name, undefined when it is left empty */
function parseField(scanner: TextScanner, conditions: Predicate<Fields>[]): string | undefined {
  if (scanner.take(/(?=[,\]])/y) !== undefined) return undefined;
  if (scanner.take(unconditionalPattern) !== undefined) return scanner.expect(namePattern, 'a field name');
  const named: string[] = [];
  conditions.push(
    parseBooleanExpression(scanner, {
      and: /&&/y,
      or: /\|\|/y,
      operand: () => {
        const name = scanner.expect(namePattern, 'a field name');
        named.push(name);
        const test = parseComparison(scanner);
        return (fields) => {
          const value = fields.get(`$${name}`);
          return value !== undefined && test(value);
        };
      },
    }),
  );
  return named[0];
}

function nameFields(
  values: readonly string[],
  names: readonly (string | undefined)[],
  ellipsis: number | undefined,
): Fields | undefined {
  if (ellipsis === undefined ? values.length !== names.length : values.length < names.length) return undefined;
  const skipped = values.length - names.length;
  const positions = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const position = ellipsis !== undefined && index >= ellipsis ? index + skipped : index;
    positions.set(`$${name ?? position + 1}`, position);
  }
  const named = new Set(positions.values());
  return {
    get: (key) => {
      const known = positions.get(key);
      if (known !== undefined) return values[known];
      const position = /^\$[1-9]\d*$/.test(key) ? Number(key.slice(1)) - 1 : -1;
      return named.has(position) ? undefined : values[position];
    },
    *entries() {
      const keys = new Map([...positions].map(([key, position]) => [position, key]));
      for (const [position, value] of values.entries()) yield [keys.get(position) ?? `$${position + 1}`, value];
    },
  };
}

/**
 * Fields stand between spaces; text in square brackets or double quotes is one field.
 * @param limit the number of fields after which the rest does not count
 */
function splitFields(message: string, limit: number): string[] {
  const fields: string[] = [];
  const unclosed = new Set<string>();
  let at = skipSpaces(message, 0);
  while (at < message.length && fields.length < limit) {
    const opening = message[at] ?? '';
    const end = unclosed.has(opening) ? -1 : closingOf(message, opening, at + 1);
    if (end >= 0) {
      fields.push(message.slice(at + 1, end));
      at = skipSpaces(message, end + 1);
    } else {
      // A bracket that is not closed from here on is not closed further on either.
      unclosed.add(opening);
      const wordEnd = endOfWord(message, at);
      fields.push(message.slice(at, wordEnd));
      at = skipSpaces(message, wordEnd);
    }
  }
  return fields;
}

function skipSpaces(message: string, from: number): number {
  let at = from;
  while (at < message.length && isSpace(message, at)) at += 1;
  return at;
}

function endOfWord(message: string, from: number): number {
  let at = from;
  while (at < message.length && !isSpace(message, at)) at += 1;
  return at;
}

function isSpace(message: string, at: number): boolean {
  const code = message.charCodeAt(at);
  return code <= 0x20 ? code === 0x20 || (code >= 9 && code <= 13) : code >= 0x80 && /\s/.test(message.charAt(at));
}

/** Where the field ends that `opening` begins; -1 for one without an end, and for a plain word. */
function closingOf(message: string, opening: string, from: number): number {
  if (opening === '[') return message.indexOf(']', from);
  if (opening !== '"') return -1;
  for (let at = from; at < message.length; at++) {
    if (message[at] === '\\') at += 1;
    else if (message[at] === '"') return at;
  }
  return -1;
}
