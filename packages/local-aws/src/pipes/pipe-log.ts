import { parseArn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { JsonValue } from '../core/json.ts';
import type { LogSink } from '../core/log-sink.ts';
import type { Pipe } from './pipe.ts';

const levels = ['OFF', 'ERROR', 'INFO', 'TRACE'] as const;

export type PipeLogEntry = {
  readonly executionId: string;
  readonly step: string;
  readonly level: 'ERROR' | 'INFO' | 'TRACE';
  /** Shown only when the pipe includes execution data. */
  readonly payload?: () => JsonValue;
  readonly error?: { readonly message: string; readonly awsService: string; readonly resourceArn: string };
};

/** Writes the steps of a pipe's executions to its log group, as far as its level asks for them. */
export function pipeLog(pipe: Pipe, clock: Clock, logs: LogSink): (entry: PipeLogEntry) => void {
  const { Level = 'ERROR', IncludeExecutionData = [], CloudwatchLogsLogDestination } = pipe.LogConfiguration ?? {};
  const resource = parseArn(CloudwatchLogsLogDestination?.LogGroupArn ?? '')?.resource ?? '';
  const group = resource.replace(/^log-group:/, '').replace(/:\*$/, '');
  if (group === '') return () => {};
  return ({ executionId, step, level, payload, error }) => {
    if (levels.indexOf(level) > levels.indexOf(Level)) return;
    const timestamp = clock.now();
    const message = JSON.stringify({
      resourceArn: pipe.Arn,
      timestamp,
      executionId,
      messageType: step,
      logLevel: level,
      ...(payload !== undefined && IncludeExecutionData.length > 0 && { payload: JSON.stringify(payload()) }),
      ...(error !== undefined && { error }),
    });
    logs.append(group, pipe.Name, [{ timestamp, message }]);
  };
}
