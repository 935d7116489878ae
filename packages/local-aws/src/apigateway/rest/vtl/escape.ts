import { VtlError } from './value.ts';

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\n': '\\n',
  '\t': '\\t',
  '\f': '\\f',
  '\r': '\\r',
};

/**
 * `$util.escapeJavaScript`, which is Apache Commons' `escapeEcmaScript`. It escapes `'` too, so its result is JSON only
 * after `.replaceAll("\\'","'")`.
 */
export function escapeJavaScript(text: string): string {
  return text.replaceAll(
    /["'\\/]|[^\x20-\x7f]/g,
    (unit) => shortEscapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

/** Java's `URLEncoder`: keeps letters, digits and `.-*_`, a space becomes `+`, half a surrogate pair becomes `?`. */
export function urlEncode(text: string): string {
  return encodeURIComponent(replaceLoneSurrogates(text))
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`);
}

function replaceLoneSurrogates(text: string): string {
  return text.isWellFormed() ? text : text.replaceAll(/\p{Surrogate}/gu, '?');
}

/** Java's `URLDecoder`. @throws VtlError for a `%` that no two hexadecimal digits follow */
export function urlDecode(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw new VtlError('$util.urlDecode: illegal hex characters in escape pattern');
  return text
    .replaceAll('+', ' ')
    .replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
