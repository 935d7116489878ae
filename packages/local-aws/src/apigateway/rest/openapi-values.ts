import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { invalid } from './openapi-document.ts';

export function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw invalid(`expected text, found ${JSON.stringify(value).slice(0, 60)}`);
  return String(value);
}

export function booleanOf(value: JsonValue | undefined): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  return value === true || value === 'true';
}

/** A map of texts; absent is empty. */
export function textsOf(value: JsonValue | undefined): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw invalid(`expected a map of texts, found ${JSON.stringify(value).slice(0, 60)}`);
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, textOf(text) ?? '']));
}
