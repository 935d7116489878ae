import { createHash } from 'node:crypto';
import { parseArn } from '../core/arn.ts';
import type { JsonObject } from '../core/json.ts';
import type { LogSink } from '../core/log-sink.ts';
import { asText, valueAt } from './context-variables.ts';
import type { Stage } from './model.ts';

/**
 * Fills in a log format: `$context.<variable>`, with `-` for what is not there. In a JSON format values are escaped, so
 * that no client can break the line with a quote in a header.
 */
export function formatAccessLog(format: string, variables: JsonObject): string {
  const isJson = format.trimStart().startsWith('{');
  return format.replaceAll(/\$context\.([\w-]+(?:[.:][\w-]+)*)/g, (_, path: string) => {
    const text = asText(valueAt(variables, path));
    if (text === undefined || text === '') return '-';
    // `messageString` comes with its quotes.
    return isJson && path !== 'error.messageString' ? JSON.stringify(text).slice(1, -1) : text;
  });
}

/** Writes a stage's access log line, if it keeps one. */
export function writeAccessLog(
  logs: LogSink,
  { apiId, stage, timestamp }: { apiId: string; stage: Stage; timestamp: number },
  variables: JsonObject,
): void {
  if (stage.accessLogSettings === undefined) return;
  const { destinationArn, format } = stage.accessLogSettings;
  const group = logGroupOf(destinationArn);
  if (group === undefined) return;
  const stream = createHash('md5').update(`${apiId}/${stage.stageName}`).digest('hex');
  logs.append(group, stream, [{ timestamp, message: formatAccessLog(format, variables) }]);
}

/** The group of `arn:aws:logs:<region>:<account>:log-group:<name>[:*]`. */
export function logGroupOf(destinationArn: string): string | undefined {
  const parsed = parseArn(destinationArn);
  return parsed?.service === 'logs' ? /^log-group:([^:*]+)(:\*)?$/.exec(parsed.resource)?.[1] : undefined;
}
