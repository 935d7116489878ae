import { invalidPattern, invalidTerm } from './log-filter-error.ts';
import { unquote } from './log-filter-value.ts';
import { TextScanner } from './text-scanner.ts';

/** `ERROR "connection reset" -Retry`: all terms must be in the message; `?A ?B`: any of them. Case counts. */
export function compileTerms(pattern: string): (message: string) => boolean {
  const included: string[] = [];
  const excluded: string[] = [];
  const alternatives: string[] = [];
  const scanner = new TextScanner(pattern, invalidPattern);
  for (;;) {
    const token = scanner.take(/[?-]?"(?:\\.|[^"\\])*"(?=\s|$)|\S+/y);
    if (token === undefined) break;
    const sign = /^[?-]/.exec(token)?.[0];
    const term = readTerm(token.slice(sign?.length ?? 0));
    (sign === '?' ? alternatives : sign === '-' ? excluded : included).push(term);
  }
  // Beside other terms CloudWatch Logs ignores the optional ones.
  if (included.length === 0 && excluded.length === 0 && alternatives.length > 0) {
    return (message) => alternatives.some((term) => message.includes(term));
  }
  return (message) =>
    included.every((term) => message.includes(term)) && !excluded.some((term) => message.includes(term));
}

function readTerm(text: string): string {
  if (text.length >= 2 && text.startsWith('"') && text.endsWith('"')) return unquote(text);
  if (!/^[\p{L}\p{N}_]+$/u.test(text)) throw invalidTerm(text);
  return text;
}
