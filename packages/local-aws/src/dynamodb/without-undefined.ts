import { isJsonObject, type JsonObject } from '../core/json.ts';

/** Through JSON, because parsed properties may have members that are there and undefined. */
export function withoutUndefined(input: object): JsonObject {
  const plain: unknown = JSON.parse(JSON.stringify(input));
  return isJsonObject(plain) ? plain : {};
}
