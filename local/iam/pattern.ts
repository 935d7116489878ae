/** A request's condition keys, in lower case, with their values. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

type Token =
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback: string | undefined };

/** A policy's text with `*`, `?` and policy variables. */
export type Pattern = readonly Token[];

type Options = {
  /** Policy variables exist since policy version 2012-10-17. */
  readonly variables: boolean;
  /** Without wildcards `*` and `?` are characters like any other. */
  readonly wildcards?: boolean;
};

const variable = /^\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}/;

export function compilePattern(source: string, { variables, wildcards = true }: Options): Pattern {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const call = variables && source[at] === '$' ? variable.exec(source.slice(at)) : null;
    if (call !== null) {
      const [whole, key = '', fallback] = call;
      // `${*}`, `${?}` and `${$}` stand for the characters themselves.
      tokens.push(
        ['*', '?', '$'].includes(key)
          ? { kind: 'character', text: key }
          : { kind: 'variable', key: key.toLowerCase(), fallback },
      );
      at += whole.length;
      continue;
    }
    const text = source[at] ?? '';
    tokens.push(wildcardToken(text, wildcards) ?? { kind: 'character', text });
    at += 1;
  }
  return tokens;
}

function wildcardToken(text: string, wildcards: boolean): Token | undefined {
  if (!wildcards) return undefined;
  if (text === '*') return { kind: 'any' };
  return text === '?' ? { kind: 'one' } : undefined;
}

/** Puts the variables' values in; undefined when one has no single value, and then nothing matches. */
function substitute(pattern: Pattern, context: RequestContext): Exclude<Token, { kind: 'variable' }>[] | undefined {
  const tokens: Exclude<Token, { kind: 'variable' }>[] = [];
  for (const token of pattern) {
    if (token.kind !== 'variable') {
      tokens.push(token);
      continue;
    }
    const values = context.get(token.key);
    const value = values?.length === 1 ? values[0] : token.fallback;
    if (value === undefined) return undefined;
    for (const text of value) tokens.push({ kind: 'character', text });
  }
  return tokens;
}

/** The text that a pattern without wildcards stands for; undefined when a variable has no single value. */
export function textOf(pattern: Pattern, context: RequestContext): string | undefined {
  return substitute(pattern, context)
    ?.map((token) => (token.kind === 'character' ? token.text : ''))
    .join('');
}

export function matchesPattern(pattern: Pattern, text: string, context: RequestContext): boolean {
  const tokens = substitute(pattern, context);
  return tokens !== undefined && matchesTokens(tokens, text);
}

/** Greedy with one step back: linear in practice, quadratic at worst, so that no pattern can hang the endpoint. */
function matchesTokens(tokens: readonly Token[], text: string): boolean {
  const characters = [...text];
  let at = 0;
  let token = 0;
  let lastAny = -1;
  let resume = 0;
  while (at < characters.length) {
    const current = tokens[token];
    if (current?.kind === 'any') {
      lastAny = token;
      resume = at;
      token += 1;
    } else if (current?.kind === 'one' || (current?.kind === 'character' && current.text === characters[at])) {
      token += 1;
      at += 1;
    } else if (lastAny >= 0) {
      token = lastAny + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === 'any');
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
  const isOpen = last?.length === 1 && last[0]?.kind === 'any';
  if (wanted.length !== actual.length && !(isOpen && wanted.length < actual.length)) return false;
  return wanted.every((part, index) => part !== undefined && matchesTokens(part, actual[index] ?? ''));
}

function partsOf(pattern: Pattern): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of pattern) {
    if (token.kind === 'character' && token.text === ':' && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
