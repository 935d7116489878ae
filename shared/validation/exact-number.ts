/** Stands for a number in JSON whose digits a double cannot keep. No schema accepts it. */
export const inexactNumber = Symbol('a number with more digits than can be kept');

/** Numbers of up to 15 significant digits and without an exponent are exact: most texts need no second look. */
const mayBeInexact = /\d(?:\.?\d){15}|\d[eE]/;

/**
 * Replaces the numbers of a JSON text that `JSON.parse` has rounded, such as 19.990000000000000001, by `inexactNumber`.
 *
 * @param parsed what `JSON.parse` makes of `text`
 */
export function markInexactNumbers(text: string, parsed: unknown): unknown {
  if (!mayBeInexact.test(text)) return parsed;
  return JSON.parse(text, (_key, value: unknown, ...[context]: readonly unknown[]) =>
    typeof value === 'number' && !isExact(sourceOf(context), value) ? inexactNumber : value,
  );
}

/** The text of a number, which the reviver of `JSON.parse` gets in its third argument (ES2026). */
function sourceOf(context: unknown): string {
  const source = typeof context === 'object' && context !== null && 'source' in context ? context.source : undefined;
  return typeof source === 'string' ? source : '';
}

/** Whether the shortest text of a double is the same number as the text that it was read from. */
function isExact(source: string, value: number): boolean {
  return Number.isFinite(value) && normalForm(source) === normalForm(String(value));
}

/** A decimal number as its digits without zeros at either end, and the power of ten of the last one. */
function normalForm(decimal: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(decimal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
