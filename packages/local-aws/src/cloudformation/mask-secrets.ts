import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Desired, Stack } from './stack-record.ts';
import { parseTemplate, type Template } from './template.ts';

const mask = '****';

/** The values of the parameters that a template declares with `NoEcho`. */
export function secretParameters({ templateBody, parameters }: Desired): readonly string[] {
  if (Object.keys(parameters).length === 0) return [];
  const declarations = declaredIn(templateBody);
  return Object.entries(parameters).flatMap(([name, value]) =>
    declarations === undefined || declarations.get(name)?.NoEcho === true ? [value] : [],
  );
}

/** Undefined for a template of kept state that this version of the endpoint refuses: its stack can still be deleted. */
function declaredIn(templateBody: string): Template['parameters'] | undefined {
  try {
    return parseTemplate(templateBody).parameters;
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

/** The values that custom resources answered with `NoEcho`. */
export function secretAttributes({ resources, leftovers }: Stack): readonly string[] {
  return [...resources, ...leftovers]
    .filter(({ isSecret }) => isSecret === true)
    .flatMap(({ attributes }) => Object.values(attributes).flatMap(textsIn));
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** Replaces the secrets wherever they stand in the text of a value. */
export function maskSecrets(properties: JsonObject, secrets: readonly string[]): JsonObject {
  // A secret may contain another one.
  const hidden = secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
  if (hidden.length === 0) return properties;
  const walk = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return hidden.reduce((text, secret) => text.replaceAll(secret, mask), value);
    if (Array.isArray(value)) return value.map(walk);
    return isJsonObject(value) ? walkObject(value) : value;
  };
  const walkObject = (object: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(object).map(([key, member]) => [key, walk(member)]));
  return walkObject(properties);
}
