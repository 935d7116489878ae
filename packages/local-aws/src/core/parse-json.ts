import type { JsonValue } from './json.ts';

/** The JSON in a text that may be none; undefined when it is none. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
