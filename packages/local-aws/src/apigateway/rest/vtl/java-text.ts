import { compileJavaPattern } from '../../../core/java-pattern.ts';
import { type LinearPattern, PatternError } from '../../../core/linear-pattern.ts';
import { spend } from './budget.ts';
import { VtlError } from './value.ts';

/** Runs what may find a pattern unusable as part of a template. @throws VtlError */
function inTemplate<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof PatternError) throw new VtlError(error.message);
    throw error;
  }
}

/** A Java pattern. @throws VtlError naming what it cannot translate */
export function javaPattern(pattern: string): LinearPattern {
  return inTemplate(() => compileJavaPattern(pattern));
}

/** The pattern over the whole text, as `String.matches` and API Gateway's selection patterns take it. @throws VtlError */
export function matchesWhole(pattern: string, text: string): boolean {
  return inTemplate(() => compileJavaPattern(pattern).matchesWhole(text));
}

/** `String.replaceAll` and, with a limit of one, `String.replaceFirst`. @throws VtlError */
export function replaceMatches(
  text: string,
  pattern: string,
  replacement: string,
  limit = Number.POSITIVE_INFINITY,
): string {
  const literal = literalOf(pattern);
  const plain = literalOf(replacement);
  if (literal !== undefined && plain !== undefined && limit === Number.POSITIVE_INFINITY) {
    return replaceLiteral(text, literal, plain);
  }
  return inTemplate(() => {
    const parts: string[] = [];
    let from = 0;
    let count = 0;
    for (const match of compileJavaPattern(pattern).matchAll(text)) {
      if (count === limit) break;
      count += 1;
      const part = text.slice(from, match.index) + expand(replacement, match);
      spend(1, part.length);
      parts.push(part);
      from = (match.index ?? 0) + match[0].length;
    }
    return parts.join('') + text.slice(from);
  });
}

/** `String.replace`, whose result may be much longer than what it is made of. */
export function replaceLiteral(text: string, search: string, replacement: string): string {
  if (replacement.length > search.length) {
    let count = search === '' ? text.length + 1 : 0;
    if (search !== '') {
      for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + search.length)) count += 1;
    }
    spend(0, count * (replacement.length - search.length));
  }
  return text.replaceAll(search, () => replacement);
}

/** As Java: `limit` 0 drops the empty strings at the end, a match of nothing at the start makes no empty string. */
export function splitText(text: string, pattern: string, limit: number): string[] {
  return inTemplate(() => {
    const parts: string[] = [];
    let from = 0;
    for (const match of compileJavaPattern(pattern).matchAll(text)) {
      if (limit > 0 && parts.length === limit - 1) break;
      const index = match.index ?? 0;
      const end = index + match[0].length;
      if (end === 0 || (match[0] === '' && index >= text.length)) continue;
      parts.push(text.slice(from, index));
      spend(1);
      from = end;
    }
    parts.push(text.slice(from));
    if (limit === 0) while (parts.length > 1 && parts.at(-1) === '') parts.pop();
    return parts;
  });
}

/** The one text that a pattern or a replacement stands for, such as `\\'`; undefined for any other pattern. */
function literalOf(source: string): string | undefined {
  return /^(?:[^\\^$.*+?()[\]{}|]|\\[^\w\s])+$/.test(source) || source === ''
    ? source.replaceAll(/\\(.)/gs, '$1')
    : undefined;
}

/** Java's replacement text: `$1`, `${name}`, and a backslash before what is meant as it stands. */
function expand(replacement: string, match: RegExpMatchArray): string {
  return replacement.replaceAll(
    /\\([\s\S])|\$(\d)|\$\{(\w+)\}/g,
    (_whole, plain?: string, index?: string, name?: string) => {
      if (plain !== undefined) return plain;
      return (name === undefined ? match[Number(index)] : match.groups?.[name]) ?? '';
    },
  );
}
