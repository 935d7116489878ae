import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** Whether number sets stand in the body as operands, for instance of `ADD` and `DELETE`. */
export function mayHaveNumberSets(body: Buffer): boolean {
  return body.includes('"NS"') && operands.some((member) => body.includes(member));
}

const operands = ['"ExpressionAttributeValues"', '"AttributeUpdates"', '"Expected"'];

/** Writes the numbers of all number sets as the engine keeps them, because it compares the elements of sets as text. */
export function withCanonicalNumberSets(input: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, name === 'NS' ? canonicalSet(value) : canonical(value)]],
    ),
  );
}

function canonical(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(canonical);
  return isJsonObject(value) ? withCanonicalNumberSets(value) : value;
}

function canonicalSet(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return canonical(value);
  return value.map((item) => (typeof item === 'string' ? canonicalNumber(item) : item));
}

/** `1.50`, `15e-1` and `+1.5` as `1.5`: plain notation without superfluous zeros. Anything else stays as it is. */
export function canonicalNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?$/i.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  if (digits === '') return text;
  const point = whole.length + Number(power);
  const padded = `${'0'.repeat(Math.max(0, 1 - point))}${digits}`.padEnd(Math.max(1, point), '0');
  const at = Math.max(1, point);
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const decimals = padded.slice(at).replace(/0+$/, '');
  const plain = decimals === '' ? integer : `${integer}.${decimals}`;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}
