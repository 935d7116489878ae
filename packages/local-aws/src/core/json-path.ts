import { isJsonObject, type JsonValue } from './json.ts';

/** The part of a JSON value at a path of names, indexes and stars: `$.a.b[0]`, `$['a b']`, `$.a[*].b`. */
export function valueAt(value: JsonValue, path: string): JsonValue | undefined {
  const steps = Array.from(path.matchAll(/\.([\w-]+|\*)|\[(\d+|\*)\]|\['([^']*)'\]/g), ([, name, index, quoted]) =>
    String(name ?? index ?? quoted),
  );
  return follow(value, steps);
}

function follow(value: JsonValue | undefined, [step, ...rest]: readonly string[]): JsonValue | undefined {
  if (step === undefined || value === undefined) return value;
  if (step === '*') {
    const members = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
    return members.map((member) => follow(member, rest)).filter((member) => member !== undefined);
  }
  if (Array.isArray(value)) return /^\d+$/.test(step) ? follow(value[Number(step)], rest) : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step) ? follow(value[step], rest) : undefined;
}
