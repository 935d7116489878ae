import { checkSource, LinearPattern, PatternError } from './linear-pattern.ts';

/** POSIX and Java classes, as the inside of a class of RE2. */
const javaClasses: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Blank: ' \\t',
  Space: '\\s\\v',
  Cntrl: '\\x00-\\x1f\\x7f',
  XDigit: '0-9a-fA-F',
  ASCII: '\\x00-\\x7f',
};
/** What Java writes differently from RE2, outside and inside a class. */
const escapes: Readonly<Record<string, string>> = { h: '[ \\t\\x{a0}]', R: '(?:\\r\\n|[\\n-\\r])', s: '[\\s\\v]' };
const escapesInSet: Readonly<Record<string, string>> = { h: ' \\t\\x{a0}', s: '\\s\\v' };

/**
 * Compiles a pattern of `java.util.regex`, which most of AWS takes, to one that matches in linear time.
 * @throws PatternError naming what is not supported
 */
export function compileJavaPattern(pattern: string): LinearPattern {
  checkSource(pattern);
  return LinearPattern.compile(translate(pattern), pattern);
}

const token =
  /\\Q(?<quoted>[\s\S]*?)(?:\\E|$)|\\(?<negated>[pP])\{(?<named>\w+)\}|\\u(?<unit>[0-9a-fA-F]{4})|\\(?<escaped>[\s\S])|(?<possessive>[*+?}])\+|(?<any>\.)|(?<set>\[\^?\]?|\]|&&)/g;

type Groups = Partial<Record<string, string>>;

function translate(pattern: string): string {
  // Java's dot stops at every line terminator, that of RE2 at `\n` only.
  const dot = /\(\?[a-z]*s[a-z]*[-:)]/.test(pattern) ? '.' : '[^\\n\\r\\x{85}\\x{2028}\\x{2029}]';
  let isInSet = false;
  return pattern.replaceAll(token, (whole, ...rest: unknown[]) => {
    const groups = groupsOf(rest.at(-1));
    const { possessive, set, any } = groups;
    if (isInSet && (possessive ?? any) !== undefined) return whole;
    // A possessive quantifier only forbids backtracking: what it matches, the greedy one matches too.
    if ((possessive ?? any) !== undefined) return possessive ?? dot;
    if (set === undefined) return translateEscape(pattern, groups, isInSet);
    if (set === '&&' && !isInSet) return whole;
    if (set !== ']' && isInSet) throw new PatternError(`the pattern ${pattern} nests or intersects classes`);
    isInSet = set !== ']';
    return set.length > 1 && set.endsWith(']') ? set.replace(']', '\\]') : whole;
  });
}

function translateEscape(pattern: string, groups: Groups, isInSet: boolean): string {
  const { quoted, named, negated, unit, escaped = '' } = groups;
  if (quoted !== undefined) return quoted.replaceAll(/[\\^$.*+?()[\]{}|-]/g, '\\$&');
  if (named !== undefined) return namedClass(named, negated === 'P', isInSet);
  if (unit !== undefined) return `\\x{${unit}}`;
  // RE2 could only take the line terminator before the end with the match.
  if (escaped === 'Z')
    throw new PatternError(`the pattern ${pattern} uses \\Z, which the local endpoint does not support`);
  if (escaped === 'e') return '\\x1b';
  const known = isInSet ? escapesInSet : escapes;
  if (Object.hasOwn(known, escaped)) return known[escaped] ?? '';
  return /[\w^$.*+?()[\]{}|\\-]/.test(escaped) ? `\\${escaped}` : escaped;
}

function groupsOf(groups: unknown): Groups {
  return typeof groups === 'object' && groups !== null ? { ...groups } : {};
}

function namedClass(name: string, isNegated: boolean, isInSet: boolean): string {
  const characters = Object.hasOwn(javaClasses, name) ? javaClasses[name] : undefined;
  if (characters === undefined) return `\\${isNegated ? 'P' : 'p'}{${name.replace(/^Is(?=[A-Z])/, '')}}`;
  if (isInSet && !isNegated) return characters;
  if (isInSet) throw new PatternError(`\\P{${name}} inside a class is not supported by the local endpoint`);
  return `[${isNegated ? '^' : ''}${characters}]`;
}
