/** What JSON.parse can give: no undefined, no Date, no Buffer. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** The members of a JSON object, none of them undefined; an array is not one. */
export type JsonObject = { [key: string]: JsonValue };

/** False for arrays and null. Looks no deeper: the members are taken to be JSON. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
