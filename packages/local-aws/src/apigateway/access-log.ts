import { hash } from 'node:crypto';
import { parseArn } from '../core/arn.ts';

/**
 * Fills in a log format: `$context.<variable>`, with `-` for what is not there. In a JSON format values are escaped, so
 * that no client can break the line with a quote in a header, nor steer the terminal in which it is read.
 */
export function formatAccessLog(format: string, read: (variable: string) => string | undefined): string {
  const isJson = format.trimStart().startsWith('{');
  return format.replaceAll(/\$context\.([\w-]+(?:[.:][\w-]+)*)/g, (_, variable: string) => {
    const text = read(variable);
    if (text === undefined || text === '') return '-';
    // `messageString` comes with its quotes.
    return isJson && variable !== 'error.messageString' ? escapeJson(text) : text;
  });
}

/** JSON.stringify leaves DEL and the C1 controls (U+009B begins a terminal's commands) and the separators of lines. */
function escapeJson(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(
      /[\u007f-\u009f\u2028\u2029]/g,
      (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** The group of `arn:aws:logs:<region>:<account>:log-group:<name>[:*]`. */
export function logGroupOf(destinationArn: string): string | undefined {
  const parsed = parseArn(destinationArn);
  return parsed?.service === 'logs' ? /^log-group:([^:*]+)(:\*)?$/.exec(parsed.resource)?.[1] : undefined;
}

/** The one stream that a stage writes here; API Gateway spreads them over many named alike. */
export function logStreamOf(apiId: string, stageName: string): string {
  return hash('md5', `${apiId}/${stageName}`);
}
