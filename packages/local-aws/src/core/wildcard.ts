/** Any characters, or exactly one, of a wildcard pattern. */
export const anyText = Symbol('*');
const oneCharacter = Symbol('?');
export type WildcardToken = string | typeof anyText | typeof oneCharacter;

/** What one character of a pattern stands for. */
export function wildcardToken(character: string): WildcardToken {
  if (character === '*') return anyText;
  return character === '?' ? oneCharacter : character;
}

/** `*` is any text, `?` any one character. */
export function compileWildcard(pattern: string): (text: string) => boolean {
  const tokens = Array.from(pattern, wildcardToken);
  return (text) => matchesWildcard(tokens, text);
}

/** No ARN, header or condition value of AWS is longer; of a longer text only `*` is taken to match. */
const maxTextLength = 10_240;

/**
 * Matches the whole text. A failed match goes back to the last `*` only, so that the time grows at most with the
 * product of the lengths, where a regular expression made of `.*` backtracks exponentially.
 */
export function matchesWildcard(tokens: readonly WildcardToken[], text: string): boolean {
  if (text.length > maxTextLength) return tokens.length > 0 && tokens.every((token) => token === anyText);
  const characters = [...text];
  let at = 0;
  let token = 0;
  let lastAny = -1;
  let resume = 0;
  while (at < characters.length) {
    const current = tokens[token];
    if (current === anyText) {
      lastAny = token;
      resume = at;
      token += 1;
    } else if (current !== undefined && (current === oneCharacter || current === characters[at])) {
      token += 1;
      at += 1;
    } else if (lastAny >= 0) {
      token = lastAny + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === anyText);
}
