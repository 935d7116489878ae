import { invalidFilterPattern } from './invalid-filter-pattern.ts';

/** `*` stands for any characters, `\*` and `\\` for themselves; two stars in a row are refused. */
export function compileWildcard(operand: string): (text: string) => boolean {
  const [first = '', ...others] = pieces(operand);
  const last = others.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    // Taking the earliest place for each piece keeps the match linear, where a regular expression could backtrack.
    let from = first.length;
    for (const piece of others) {
      const found = text.indexOf(piece, from);
      if (found < 0 || found + piece.length > end) return false;
      from = found + piece.length;
    }
    return true;
  };
}

/** The literal texts between the stars. */
function pieces(operand: string): string[] {
  const found = [''];
  for (const [token, escaped] of operand.matchAll(/\\(.?)|\*+|[^\\*]+/gs)) {
    if (token === '*') found.push('');
    else if (token.startsWith('*') || escaped === '' || (escaped !== undefined && !'*\\'.includes(escaped)))
      throw invalidFilterPattern();
    else found.push(`${found.pop() ?? ''}${escaped ?? token}`);
  }
  return found;
}
