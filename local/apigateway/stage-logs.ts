import type { LogSink } from '../core/log-sink.ts';
import { formatAccessLog, logGroupOf, logStreamOf } from '../execute-api/access-log.ts';
import { contextVariables, readVariable } from './context-variables.ts';
import type { Exchange, MethodAnswer } from './exchange.ts';
import { settingOf } from './method-settings.ts';
import { toText } from './vtl/text.ts';

/** Writes the access log of a stage, a line a request, and its execution log where a method has one. */
export function writeStageLogs(logs: LogSink, exchange: Exchange, answer: MethodAnswer, now: number): void {
  const { stage, apiId, resource, request, trace, requestId, error } = exchange;
  const stream = logStreamOf(apiId, stage.stageName);
  const group = stage.accessLog === undefined ? undefined : logGroupOf(stage.accessLog.destinationArn);
  if (stage.accessLog !== undefined && group !== undefined) {
    logs.append(group, stream, [
      { timestamp: now, message: accessLogLine(stage.accessLog.format, exchange, answer, now) },
    ]);
  }
  if (trace === undefined) return;
  const level = settingOf(stage, resource?.path ?? '', request.method).loggingLevel ?? 'OFF';
  const failure = error?.reason ?? (answer.status >= 500 ? error?.message : undefined);
  const lines = level === 'INFO' ? [...trace, `Method completed with status: ${answer.status}`] : [];
  if (level !== 'OFF' && failure !== undefined) lines.splice(-1, 0, failure);
  if (lines.length === 0) return;
  logs.append(
    `API-Gateway-Execution-Logs_${apiId}/${stage.stageName}`,
    stream,
    lines.map((line) => ({ timestamp: now, message: `(${requestId}) ${line}`.slice(0, 1024) })),
  );
}

function accessLogLine(format: string, exchange: Exchange, answer: MethodAnswer, now: number): string {
  const variables = {
    ...contextVariables(exchange),
    status: answer.status,
    responseLength: Buffer.byteLength(answer.body),
    responseLatency: now - exchange.startedAt,
  };
  return formatAccessLog(format, (variable) => toText(readVariable(variables, variable)));
}
