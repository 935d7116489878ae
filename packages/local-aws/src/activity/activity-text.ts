import { inspect, styleText } from 'node:util';
import type { JsonValue } from '../core/json.ts';
import type { InvocationNote, RequestNote } from './activity.ts';
import type { LogRecord } from './log-record.ts';

/** `POST   201    34 ms  tasks /tasks  tasks-local-createTask (cold, INIT 210 ms)`. @param api the name of the API */
export function requestText({ method, path, status, duration, invocations }: RequestNote, api: string): string {
  const colour = status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green';
  const functions = invocations.map((each) => `${each.functionName}${ending(each)}`).join(', ');
  const line = `${method.padEnd(6)} ${styleText(colour, String(status))} ${milliseconds(duration)}  ${api} ${path}`;
  return functions === '' ? line : `${line}  ${functions}`;
}

/** `event  ok     12 ms  queue users-local → users-async-local-createUser`. */
export function invocationText(invocation: InvocationNote): string {
  const { functionName, source, outcome, duration } = invocation;
  const shown = outcome === 'success' ? styleText('green', 'ok ') : styleText('red', 'err');
  return `event  ${shown} ${milliseconds(duration)}  ${sourceText(source)} → ${functionName}${ending(invocation)}`;
}

/** `INFO  tasks-local-createTask  Task created  taskId=01…`. */
export function logText(functionName: string, { level, message, fields }: LogRecord): string {
  const colour = level === 'WARN' ? 'yellow' : /^(?:ERROR|FATAL|CRITICAL)$/.test(level) ? 'red' : 'none';
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${fieldText(value)}`);
  return [`${styleText(colour, level.padEnd(5))} ${functionName}`, message, shown.join(' ')]
    .filter((part) => part !== '')
    .join('  ');
}

/** What led to a run, for a person: `queue orders`, `stream of friends`, `topic news`, `role planner-local-…`. */
function sourceText(source: string | undefined): string {
  if (source === undefined) return 'a call';
  const [, , service = '', , , ...rest] = source.split(':');
  const resource = rest.join(':');
  switch (service) {
    case 'sqs':
      return `queue ${resource}`;
    case 'dynamodb':
      return `stream of ${resource.split('/')[1] ?? resource}`;
    case 'sns':
      return `topic ${resource}`;
    case 'sts':
      return `role ${resource.split('/')[1] ?? resource}`;
    case 'cloudwatch':
      return resource.replace(':', ' ');
    case 'execute-api':
      return 'an API';
    default:
      return source;
  }
}

function ending({ outcome, initDuration }: InvocationNote): string {
  const notes = [
    initDuration === undefined ? 'warm' : `cold, INIT ${Math.round(initDuration)} ms`,
    ...(outcome === 'success' ? [] : [outcome === 'timeout' ? 'timed out' : 'failed']),
  ];
  return ` (${notes.join(', ')})`;
}

function milliseconds(duration: number): string {
  return `${String(Math.round(duration)).padStart(5)} ms`;
}

function fieldText(value: JsonValue): string {
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
  return typeof value === 'object'
    ? inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 6 })
    : String(value);
}
