import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { isMatcherName } from './compile-alternative.ts';

/** Whether the value of `$or` is a list of two or more patterns. Any other value makes `$or` the name of a field. */
export function isRelation(value: JsonValue | undefined): value is JsonObject[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((branch) => isJsonObject(branch) && !Object.keys(branch).some(isMatcherName))
  );
}
