import { VtlError } from './value.ts';

/** POSIX and Java classes, written for a JavaScript pattern with the `u` flag. */
const javaClasses: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Blank: ' \\t',
  Space: '\\s',
  Cntrl: '\\x00-\\x1f\\x7f',
  XDigit: '0-9a-fA-F',
  ASCII: '\\x00-\\x7f',
};
const simpleEscapes: Readonly<Record<string, string>> = {
  A: '^',
  z: '$(?![\\s\\S])',
  Z: '(?=\\n?$(?![\\s\\S]))',
  h: '[ \\t\\u00a0]',
  R: '(?:\\r\\n|[\\n\\r])',
};

const cache = new Map<string, RegExp>();

/** A Java pattern as a JavaScript one. @throws VtlError naming what it cannot translate */
export function javaRegex(pattern: string, flags: '' | 'g' = ''): RegExp {
  return cached(`${flags} ${pattern}`, () => compile(pattern, flags, (source) => source));
}

/** The pattern over the whole text, as `String.matches` and API Gateway's selection patterns take it. */
export function matchesWhole(pattern: string, text: string): boolean {
  return cached(`= ${pattern}`, () => compile(pattern, '', (source) => `(?<![\\s\\S])(?:${source})(?![\\s\\S])`)).test(
    text,
  );
}

function cached(key: string, make: () => RegExp): RegExp {
  const known = cache.get(key);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  if (cache.size > 1000) cache.clear();
  const made = make();
  cache.set(key, made);
  return made;
}

function compile(pattern: string, flags: string, wrap: (source: string) => string): RegExp {
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  try {
    return new RegExp(wrap(translate(pattern.slice(inline?.[0].length ?? 0))), `u${flags}${inline?.[1] ?? ''}`);
  } catch (error) {
    if (error instanceof VtlError) throw error;
    throw new VtlError(`the pattern ${pattern} is not a regular expression: ${String(error)}`);
  }
}

const token =
  /\\Q(?<quoted>[\s\S]*?)(?:\\E|$)|\\p\{(?<named>\w+)\}|\\x\{(?<point>[0-9a-fA-F]+)\}|\\(?<escaped>[\s\S])|(?<possessive>[*+?}])\+|(?<set>\[\^?\]?|\]|&&)/g;

function translate(pattern: string): string {
  let isInSet = false;
  return pattern.replaceAll(token, (whole, ...rest: unknown[]) => {
    const groups = groupsOf(rest.at(-1));
    const { possessive, set } = groups;
    // A possessive quantifier only forbids backtracking: what it matches, the greedy one matches too.
    if (possessive !== undefined) return isInSet ? whole : possessive;
    if (set === undefined) return translateEscape(groups, isInSet);
    if (set === '&&' && !isInSet) return whole;
    if (set !== ']' && isInSet) throw new VtlError(`the pattern ${pattern} nests or intersects classes`);
    isInSet = set !== ']';
    return set.length > 1 && set.endsWith(']') ? set.replace(']', '\\]') : whole;
  });
}

function translateEscape(groups: Partial<Record<string, string>>, isInSet: boolean): string {
  const { quoted, named, point, escaped = '' } = groups;
  if (quoted !== undefined) return quoted.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (named !== undefined) return namedClass(named, isInSet);
  if (point !== undefined) return `\\u{${point}}`;
  if (!isInSet && Object.hasOwn(simpleEscapes, escaped)) return simpleEscapes[escaped] ?? '';
  const mustStayEscaped = /[a-zA-Z0-9^$.*+?()[\]{}|/\\]/.test(escaped) || (isInSet && escaped === '-');
  return mustStayEscaped ? `\\${escaped}` : escaped;
}

function groupsOf(groups: unknown): Partial<Record<string, string>> {
  return typeof groups === 'object' && groups !== null ? { ...groups } : {};
}

function namedClass(name: string, inClass: boolean): string {
  const characters = Object.hasOwn(javaClasses, name) ? javaClasses[name] : undefined;
  if (characters === undefined) return `\\p{${name.replace(/^Is(?=[A-Z])/, '')}}`;
  return inClass ? characters : `[${characters}]`;
}

/** Java's replacement text: `$1`, `${name}`, and a backslash before what is meant as it stands. */
export function javaReplacement(
  replacement: string,
): (...match: (string | undefined | Record<string, string>)[]) => string {
  return (...match) => {
    const groups = match.at(-1);
    return replacement.replaceAll(
      /\\([\s\S])|\$(\d)|\$\{(\w+)\}/g,
      (_whole, plain?: string, index?: string, name?: string) => {
        if (plain !== undefined) return plain;
        const group = name === undefined ? match[Number(index)] : typeof groups === 'object' ? groups[name] : undefined;
        return typeof group === 'string' ? group : '';
      },
    );
  };
}
