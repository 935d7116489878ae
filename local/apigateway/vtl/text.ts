import { isMap, JavaList, memberOf, type VtlMap, VtlObject, type VtlValue, WholeDouble } from './value.ts';

/** How a value prints in a template: as Java's `toString`, and as nothing when it is missing. */
export function toText(value: VtlValue): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : formatDouble(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof WholeDouble) return formatDouble(value.value);
  if (value instanceof JavaList) return `[${value.map(toNestedText).join(', ')}]`;
  if (Array.isArray(value)) return toJson(value);
  if (value instanceof VtlObject) return '';
  return `{${Object.keys(value)
    .map((key) => `${key}=${toNestedText(memberOf(value, key))}`)
    .join(', ')}}`;
}

function toNestedText(value: VtlValue): string {
  return value === undefined || value === null ? 'null' : toText(value);
}

export function toJson(value: VtlValue): string {
  if (value === undefined || value === null || value instanceof VtlObject) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (isMap(value)) return mapToJson(value);
  return toText(value);
}

function mapToJson(map: VtlMap): string {
  return `{${Object.keys(map)
    .map((key) => `${JSON.stringify(key)}:${toJson(memberOf(map, key))}`)
    .join(',')}}`;
}

/** As Java's `Double.toString`: always a fraction, and an exponent from 10^7 on and below 10^-3. */
function formatDouble(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A number that JavaScript would round or print otherwise than Java: a fraction, an exponent or very many digits. */
const numberThatNeedsCare = /[\d.][eE][+-]?\d|\d\.\d|\d{16}/;

/** @throws SyntaxError */
export function parseJson(text: string): VtlValue {
  if (!numberThatNeedsCare.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, ...[context]: unknown[]) => {
    if (typeof value !== 'number') return value;
    const source = sourceOf(context) ?? String(value);
    if (/[.eE]/.test(source)) return Number.isInteger(value) ? new WholeDouble(value) : value;
    return Number.isSafeInteger(value) ? value : BigInt(source);
  });
}

function sourceOf(context: unknown): string | undefined {
  return typeof context === 'object' && context !== null && 'source' in context && typeof context.source === 'string'
    ? context.source
    : undefined;
}
