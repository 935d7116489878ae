import { anyText, matchesWildcard, type WildcardToken, wildcardToken } from '../core/wildcard.ts';

/** A request's condition keys, in lower case, with their values. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

type Variable = { readonly key: string; readonly fallback: string | undefined };
type Token = WildcardToken | Variable;

/** A policy's text with `*`, `?` and policy variables. */
export type Pattern = readonly Token[];

type Options = {
  /** Policy variables exist since policy version 2012-10-17. */
  readonly variables: boolean;
  /** Without wildcards `*` and `?` are characters like any other. */
  readonly wildcards?: boolean;
};

const variable = /^\$\{([^},]+)(?:,\s*'([^']*)'\s*)?\}/;

export function compilePattern(source: string, { variables, wildcards = true }: Options): Pattern {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const call = variables && source[at] === '$' ? variable.exec(source.slice(at)) : null;
    if (call !== null) {
      const [whole, written = '', fallback] = call;
      const key = written.trim();
      // `${*}`, `${?}` and `${$}` stand for the characters themselves.
      tokens.push(['*', '?', '$'].includes(key) ? key : { key: key.toLowerCase(), fallback });
      at += whole.length;
      continue;
    }
    const text = source[at] ?? '';
    tokens.push(wildcards ? wildcardToken(text) : text);
    at += 1;
  }
  return tokens;
}

/** Puts the variables' values in; undefined when one has no single value, and then nothing matches. */
function substitute(pattern: Pattern, context: RequestContext): WildcardToken[] | undefined {
  const tokens: WildcardToken[] = [];
  for (const token of pattern) {
    if (typeof token !== 'object') {
      tokens.push(token);
      continue;
    }
    const values = context.get(token.key);
    const value = values?.length === 1 ? values[0] : token.fallback;
    if (value === undefined) return undefined;
    tokens.push(...value);
  }
  return tokens;
}

/** The text that a pattern without wildcards stands for; undefined when a variable has no single value. */
export function textOf(pattern: Pattern, context: RequestContext): string | undefined {
  return substitute(pattern, context)
    ?.map((token) => (typeof token === 'string' ? token : ''))
    .join('');
}

export function matchesPattern(pattern: Pattern, text: string, context: RequestContext): boolean {
  const tokens = substitute(pattern, context);
  return tokens !== undefined && matchesWildcard(tokens, text);
}

/**
 * Compares the six parts of ARNs one by one, so that a wildcard never reaches beyond its part. `*` alone is any ARN,
 * and a pattern that ends early in a part `*` leaves the parts after it open.
 */
export function matchesArn(pattern: Pattern, arn: string, context: RequestContext): boolean {
  const wanted = partsOf(pattern).map((part) => substitute(part, context));
  const [first = '', ...rest] = arn.split(':');
  const actual = rest.length < 5 ? [arn] : [first, ...rest.slice(0, 4), rest.slice(4).join(':')];
  const last = wanted.at(-1);
  const isOpen = last?.length === 1 && last[0] === anyText;
  if (wanted.length !== actual.length && !(isOpen && wanted.length < actual.length)) return false;
  return wanted.every((part, index) => part !== undefined && matchesWildcard(part, actual[index] ?? ''));
}

function partsOf(pattern: Pattern): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of pattern) {
    if (token === ':' && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
