import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { isMatcherName } from './compile-alternative.ts';

/** Tells whether the value of `$or` relates patterns. One of matchers or of a single branch is an ordinary field. */
export function isRelation(value: JsonValue | undefined): value is JsonObject[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((branch) => isJsonObject(branch) && !Object.keys(branch).some(isMatcherName))
  );
}
