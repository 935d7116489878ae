import type { EndpointOptions } from '../endpoint.ts';
import { functionError, type SourceOf } from '../lambda/function-errors.ts';
import type { InvocationNote, RequestNote } from './activity.ts';
import { invocationText, logText, requestText } from './activity-text.ts';
import { type LogRecord, readLogRecord } from './log-record.ts';

/** How a command shows what happens: errors of functions only, one line for each event, or the same as JSON. */
export type ActivityStyle = 'errors' | 'text' | 'json';

type Options = {
  readonly style: ActivityStyle;
  /** The name of the API that a request was for. */
  readonly nameOf: (api: RequestNote['api']) => string;
  /** The source of a place in a function's trace. */
  readonly sourceOf?: SourceOf | undefined;
  readonly write: (line: string) => void;
  readonly writeError: (text: string) => void;
};

const groupPrefix = '/aws/lambda/';

/** The handlers of an endpoint that print what happens. */
export function showActivity(options: Options): Pick<EndpointOptions, 'onLog' | 'onRequest' | 'onInvocation'> {
  const { style, nameOf, sourceOf, write, writeError } = options;
  switch (style) {
    case 'errors':
      return {
        onLog(group, message) {
          const error = functionError(group, message, sourceOf);
          if (error !== undefined) writeError(`${error.functionName}: ${error.text}`);
        },
      };
    case 'text':
      return {
        onRequest: (request) => write(requestText(request, nameOf(request.api))),
        onInvocation: (invocation) => write(invocationText(invocation)),
        onLog(group, message) {
          const error = functionError(group, message, sourceOf);
          const record = recordOf(group, message);
          if (error !== undefined) {
            const fields = withoutError(record?.fields);
            writeError(logText(error.functionName, { level: 'ERROR', message: error.text, fields }));
          } else if (record !== undefined) write(logText(group.slice(groupPrefix.length), record));
        },
      };
    case 'json': {
      const print = (type: string, content: object): void =>
        write(JSON.stringify({ type, time: new Date().toISOString(), ...content }));
      return {
        onRequest: ({ api, invocations, ...request }) =>
          print('request', { api: nameOf(api), ...request, functions: invocations.map(functionOf) }),
        onInvocation: ({ source, ...invocation }) => print('invocation', { source, ...functionOf(invocation) }),
        onLog(group, message) {
          const error = functionError(group, message, sourceOf);
          const record = recordOf(group, message);
          if (error === undefined && record === undefined) return;
          const { level = 'ERROR', message: printed, fields } = record ?? {};
          const shown = error === undefined ? fields : withoutError(fields);
          print('log', {
            function: group.slice(groupPrefix.length),
            level,
            message: error?.text ?? printed,
            fields: shown,
          });
        },
      };
    }
  }
}

/** The text of an error has what these say. */
function withoutError({
  error: _e,
  errorType: _t,
  errorMessage: _m,
  stackTrace: _s,
  ...rest
}: LogRecord['fields'] = {}) {
  return rest;
}

function recordOf(group: string, message: string) {
  return group.startsWith(groupPrefix) ? readLogRecord(message) : undefined;
}

function functionOf({ functionName, requestId, outcome, duration, initDuration }: Omit<InvocationNote, 'source'>) {
  return { function: functionName, requestId, outcome, duration, isCold: initDuration !== undefined, initDuration };
}
