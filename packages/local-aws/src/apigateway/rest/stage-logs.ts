import type { LogSink } from '../../core/log-sink.ts';
import { formatAccessLog, logGroupOf, logStreamOf } from '../access-log.ts';
import { contextVariables, readVariable } from './context-variables.ts';
import type { Exchange, MethodAnswer } from './exchange.ts';
import { settingOf } from './method-settings.ts';
import { toText } from './vtl/text.ts';

/** Access logs of stages, a line a request, and their execution logs where a method has one. */
export class StageLogs {
  readonly #logs: LogSink;
  readonly #mayWrite: (group: string, stream: string) => boolean;

  /** @param mayWrite what the account's log role may not write is lost, as on AWS */
  constructor(logs: LogSink, mayWrite: (group: string, stream: string) => boolean) {
    this.#logs = logs;
    this.#mayWrite = mayWrite;
  }

  write(exchange: Exchange, answer: MethodAnswer, now: number): void {
    const { stage, apiId, requestId } = exchange;
    const stream = logStreamOf(apiId, stage.stageName);
    const group = stage.accessLog === undefined ? undefined : logGroupOf(stage.accessLog.destinationArn);
    if (
      stage.accessLog !== undefined &&
      stage.accessLog.format !== '' &&
      group !== undefined &&
      this.#mayWrite(group, stream)
    ) {
      const message = accessLogLine(stage.accessLog.format, exchange, answer, now);
      this.#logs.append(group, stream, [{ timestamp: now, message }]);
    }
    const lines = executionLog(exchange, answer);
    if (lines.length === 0) return;
    const events = lines.map((line) => ({ timestamp: now, message: `(${requestId}) ${line}`.slice(0, 1024) }));
    for (const executionGroup of executionGroups(exchange)) {
      if (this.#mayWrite(executionGroup, stream)) this.#logs.append(executionGroup, stream, events);
    }
  }
}

/** Requests that a canary serves are logged in a group of their own, too. */
function executionGroups({ apiId, stage, isCanary = false }: Exchange): readonly string[] {
  const group = `API-Gateway-Execution-Logs_${apiId}/${stage.stageName}`;
  return isCanary ? [group, `${group}/Canary`] : [group];
}

function executionLog({ stage, resource, request, trace, error }: Exchange, answer: MethodAnswer): readonly string[] {
  if (trace === undefined) return [];
  const level = settingOf(stage, resource?.path ?? '', request.method).loggingLevel ?? 'OFF';
  const failure = error?.reason ?? (answer.status >= 500 ? error?.message : undefined);
  const lines = level === 'INFO' ? [...trace, `Method completed with status: ${answer.status}`] : [];
  if (level !== 'OFF' && failure !== undefined) lines.splice(-1, 0, failure);
  return lines;
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
