import { type Predicate, parseBooleanExpression } from './boolean-expression.ts';
import { invalidPattern } from './log-filter-error.ts';
import { parseComparison } from './log-filter-value.ts';
import { TextScanner } from './text-scanner.ts';

/** The fields of one message by `$name`, or by `$position` for those that the pattern leaves without a name. */
export type Fields = ReadonlyMap<string, string>;

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
    const fields = nameFields(splitFields(message), names, ellipsis);
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
  return new Map(
    values.map((value, position) => {
      const isSkipped = ellipsis !== undefined && position >= ellipsis && position < ellipsis + skipped;
      const index = ellipsis !== undefined && position >= ellipsis ? position - skipped : position;
      return [`$${(isSkipped ? undefined : names[index]) ?? position + 1}`, value];
    }),
  );
}

/** Fields stand between spaces; text in square brackets or double quotes is one field. */
function splitFields(message: string): string[] {
  const fields: string[] = [];
  const unclosed = new Set<string>();
  const word = /\S+/g;
  for (let match = word.exec(message); match !== null; match = word.exec(message)) {
    const opening = match[0][0] ?? '';
    const end = unclosed.has(opening) ? -1 : closingOf(message, opening, match.index + 1);
    if (end >= 0) {
      fields.push(message.slice(match.index + 1, end));
      word.lastIndex = end + 1;
    } else {
      // What is not closed from here on is not closed further on either.
      unclosed.add(opening);
      fields.push(match[0]);
    }
  }
  return fields;
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
