import type { JsonObject } from '../../core/json.ts';
import type { LogSink } from '../../core/log-sink.ts';
import { formatAccessLog, logGroupOf, logStreamOf } from '../access-log.ts';
import { asText, valueAt } from './context-variables.ts';
import type { Stage } from './model.ts';

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
  const message = formatAccessLog(format, (variable) => asText(valueAt(variables, variable)));
  logs.append(group, logStreamOf(apiId, stage.stageName), [{ timestamp, message }]);
}
