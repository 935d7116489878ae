import { anyText, matchesWildcard, type WildcardToken, wildcardToken } from '../core/wildcard.ts';

/** A request's condition keys, in lower case, with their values. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

type Variable = { readonly key: string; readonly fallback: string | undefined };
type Token = WildcardToken | Variable;

/** A text with `*`, `?` and policy variables. Most texts of policies have none of them, and are compared as they are. */
type Text = { readonly tokens: readonly Token[]; readonly plain: string | undefined };

/** A text of a policy, ready to be compared. */
export type Pattern = {
  readonly whole: Text;
  /** The same split as an ARN: `*` alone and ARNs that end early have less than six parts. */
  readonly parts: readonly Text[];
};

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
  return { whole: textOfTokens(tokens), parts: partsOf(tokens).map(textOfTokens) };
}

function textOfTokens(tokens: readonly Token[]): Text {
  return { tokens, plain: tokens.every((token) => typeof token === 'string') ? tokens.join('') : undefined };
}

/** Puts the variables' values in; undefined when one has no single value, and then nothing matches. */
function substitute(tokens: readonly Token[], context: RequestContext): WildcardToken[] | undefined {
  const substituted: WildcardToken[] = [];
  for (const token of tokens) {
    if (typeof token !== 'object') {
      substituted.push(token);
      continue;
    }
    const values = context.get(token.key);
    const value = values?.length === 1 ? values[0] : token.fallback;
    if (value === undefined) return undefined;
    substituted.push(...value);
  }
  return substituted;
}

/** The text that a pattern without wildcards stands for; undefined when a variable has no single value. */
export function textOf({ whole }: Pattern, context: RequestContext): string | undefined {
  if (whole.plain !== undefined) return whole.plain;
  return substitute(whole.tokens, context)
    ?.map((token) => (typeof token === 'string' ? token : ''))
    .join('');
}

export function matchesPattern({ whole }: Pattern, text: string, context: RequestContext): boolean {
  return matches(whole, text, context);
}

function matches({ tokens, plain }: Text, text: string, context: RequestContext): boolean {
  if (plain !== undefined) return plain === text;
  const substituted = substitute(tokens, context);
  return substituted !== undefined && matchesWildcard(substituted, text);
}

/**
 * Compares the six parts of ARNs one by one, so that a wildcard never reaches beyond its part. `*` alone is any ARN,
 * and a pattern that ends early in a part `*` leaves the parts after it open.
 */
export function matchesArn({ parts }: Pattern, arn: string, context: RequestContext): boolean {
  const [first = '', ...rest] = arn.split(':');
  const actual = rest.length < 5 ? [arn] : [first, ...rest.slice(0, 4), rest.slice(4).join(':')];
  const last = parts.at(-1)?.tokens;
  const isOpen = last?.length === 1 && last[0] === anyText;
  if (parts.length !== actual.length && !(isOpen && parts.length < actual.length)) return false;
  return parts.every((part, index) => matches(part, actual[index] ?? '', context));
}

function partsOf(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token === ':' && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
