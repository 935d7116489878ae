import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';

/** What a function printed: a line of its logger, of console.* or plain text. */
export type LogRecord = {
  /** In upper case; empty for plain text. */
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, JsonValue>>;
};

const textLine = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t(.*)$/s;
const platformLine = /^(?:INIT_START |START RequestId: |END RequestId: |REPORT RequestId: )/;
/** Levels of loggers that count them, such as pino. */
const numbered: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};
/** Fields that are the same in every line of a function, or that say where and when it ran. */
const repeated = new Set(
  (
    'level message msg timestamp time requestId request_id function_request_id function_arn function_memory_size function_name ' +
    'xray_trace_id cold_start service sampling_rate pid hostname'
  ).split(' '),
);

/** Reads an event of a function's log; undefined for the platform's own events and for embedded metrics. */
export function readLogRecord(event: string): LogRecord | undefined {
  const text = event.trimEnd();
  const parsed = text.startsWith('{') ? parseJson(text) : undefined;
  if (isJsonObject(parsed)) return readObject(parsed);
  if (text === '' || platformLine.test(text)) return undefined;
  const [, level = '', message = text] = textLine.exec(text) ?? [];
  // CloudWatch Logs keeps the lines of one message apart by carriage returns.
  return { level, message: message.replaceAll('\r', '\n'), fields: {} };
}

function readObject(record: JsonObject): LogRecord | undefined {
  const { _aws: metrics, type, level, message, msg = message } = record;
  if (metrics !== undefined || (typeof type === 'string' && type.startsWith('platform.'))) return undefined;
  const named = typeof level === 'number' ? numbered[level] : level;
  return {
    level: typeof named === 'string' ? named.toUpperCase() : '',
    message: messageText(msg),
    fields: Object.fromEntries(Object.entries(record).filter(([name]) => !repeated.has(name))),
  };
}

function messageText(message: JsonValue | undefined): string {
  if (typeof message === 'string') return message;
  if (message === undefined) return '';
  const isError = isJsonObject(message) && typeof message.errorMessage === 'string';
  return isError ? `${message.errorType}: ${message.errorMessage}` : JSON.stringify(message);
}
