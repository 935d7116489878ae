import jsTokens from 'js-tokens';
import type { Prose } from './code-plugin.ts';

const testFunctions = new Set(['describe', 'it', 'itOnEndpoint', 'test']);
const comments = new Set(['SingleLineComment', 'MultiLineComment']);
const strings = new Set(['StringLiteral', 'NoSubstitutionTemplate']);
const layout = new Set([...comments, 'WhiteSpace', 'LineTerminatorSequence']);

/** The comments of JavaScript or TypeScript, comments of consecutive lines as one, and the names of tests. */
export function proseOfScript(text: string): readonly Prose[] {
  const found: [start: number, end: number][] = [];
  let offset = 0;
  let previous: readonly [string, string] = ['', ''];
  for (const { type, value } of jsTokens(text)) {
    const end = offset + value.length;
    const last = found.at(-1);
    if (type === 'SingleLineComment' && last !== undefined && /^\n[ \t]*$/.test(text.slice(last[1], offset))) {
      last[1] = end;
    } else if (comments.has(type) || (strings.has(type) && isNamingTest(previous))) {
      found.push([offset, end]);
    }
    if (!layout.has(type)) previous = [previous[1], value];
    offset = end;
  }
  return found;
}

/** Whether the tokens before a text are those of `test('…'` or `test.each(…)('…'`. */
function isNamingTest([beforeLast, last]: readonly [string, string]): boolean {
  return last === '(' && (testFunctions.has(beforeLast) || beforeLast === ')');
}
