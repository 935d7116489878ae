/** In the order of the UTF-8 bytes, as S3 lists keys. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters that come after all others. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The smallest text after all that begin with `prefix`; undefined when there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const characters = [...prefix];
  for (let at = characters.length - 1; at >= 0; at -= 1) {
    const next = (characters[at]?.codePointAt(0) ?? 0) + 1;
    if (next > 0x10ffff) continue;
    const follower = String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
    return characters.slice(0, at).join('') + follower;
  }
  return undefined;
}
