import { spend } from './budget.ts';
import { isMap, JavaList, memberOf, VtlError, type VtlMap, VtlObject, type VtlValue, WholeDouble } from './value.ts';

/** Jackson, which reads JSON for API Gateway, refuses deeper values. */
const maxDepth = 1000;

function checkDepth(depth: number): void {
  if (depth > maxDepth) throw new VtlError(`a value is nested more than ${maxDepth} levels deep`);
}

/** How a value prints in a template: as Java's `toString`, and as nothing when it is missing. */
export function toText(value: VtlValue, depth = 0): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  spend(1);
  checkDepth(depth);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : formatDouble(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof WholeDouble) return formatDouble(value.value);
  if (value instanceof JavaList) return `[${value.map((item) => toNestedText(item, depth + 1)).join(', ')}]`;
  if (Array.isArray(value)) return toJson(value, depth);
  if (value instanceof VtlObject) return '';
  return `{${Object.keys(value)
    .map((key) => `${key}=${toNestedText(memberOf(value, key), depth + 1)}`)
    .join(', ')}}`;
}

function toNestedText(value: VtlValue, depth: number): string {
  return value === undefined || value === null ? 'null' : toText(value, depth);
}

export function toJson(value: VtlValue, depth = 0): string {
  spend(1);
  checkDepth(depth);
  if (value === undefined || value === null || value instanceof VtlObject) return 'null';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map((item) => toJson(item, depth + 1)).join(',')}]`;
  if (isMap(value)) return mapToJson(value, depth);
  return toText(value);
}

function quote(text: string): string {
  spend(text.length / 100, text.length);
  return JSON.stringify(text);
}

function mapToJson(map: VtlMap, depth: number): string {
  return `{${Object.keys(map)
    .map((key) => `${quote(key)}:${toJson(memberOf(map, key), depth + 1)}`)
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
