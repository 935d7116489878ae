import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';

/** A place in the code of a function: `file` as in its package; lines and columns begin with 1, as in traces. */
export type CodePlace = { readonly file: string; readonly line: number; readonly column: number };

/** The source of a place in the bundle of a function, as `src/owner.ts:3:7`; undefined when it is not known. */
export type SourceOf = (functionName: string, place: CodePlace) => string | undefined;

const groupPrefix = '/aws/lambda/';
/** Far above any trace; the expressions below take longer than in proportion to a line. */
const maxLength = 16_384;
/** In a trace; packages are unpacked into folders of this name. */
const placeInTask = /(?<![^\s()])[^\s()]*\/task\/([^\s():]+):(\d+):(\d+)/g;
/** A line of a trace in Node or the runtime, where the fault of a function cannot be. */
const foreignFrame = /^ +at (?!.*\/task\/).*(?:node:internal\/|\/runtime\/[\w-]+\.mjs:)/;
const ended = 'the process ended before it answered';

/**
 * The error in a log event of a function, for a console: the error with its trace, or how the
 * invocation ended. Undefined for every other event.
 * @param sourceOf where a place in the bundle of a function comes from
 */
export function functionError(
  group: string,
  message: string,
  sourceOf: SourceOf = () => undefined,
): { readonly functionName: string; readonly text: string } | undefined {
  if (!group.startsWith(groupPrefix)) return undefined;
  const whole = message.startsWith('{') ? errorOfRecord(message) : errorOfText(message);
  if (whole === undefined) return undefined;
  const error = whole.slice(0, maxLength);
  const functionName = group.slice(groupPrefix.length);
  const own = error.split('\n').filter((line) => !foreignFrame.test(line));
  const text = own.join('\n').replace(placeInTask, (place, file: string, line: string, column: string) => {
    return sourceOf(functionName, { file, line: Number(line), column: Number(column) }) ?? place;
  });
  return { functionName, text };
}

/** An event of a function that logs text, and of any that times out. */
function errorOfText(message: string): string | undefined {
  const [, printed] = /\tERROR\t(.*)$/s.exec(message) ?? [];
  // CloudWatch Logs keeps the lines of one message apart by carriage returns.
  if (printed !== undefined) {
    const [, caught] = /^(?:Invoke Error|Uncaught Exception) \t(\{.*\})$/.exec(printed.trimEnd()) ?? [];
    return caught === undefined ? printed.replaceAll('\r', '\n').trimEnd() : textOf(parseJson(caught));
  }
  return message.includes('\tError Type: Runtime.ExitError')
    ? ended
    : /Task timed out after \d+(?:\.\d+)? seconds/.exec(message)?.[0];
}

function errorOfRecord(message: string): string | undefined {
  // Most events are no errors: they need not be parsed.
  if (!/"(?:ERROR|CRITICAL|FATAL|Runtime\.ExitError)"/.test(message)) return undefined;
  const record = parseJson(message);
  if (!isJsonObject(record)) return undefined;
  const { type, record: report, level } = record;
  if (type === 'platform.report' && isJsonObject(report) && report.errorType === 'Runtime.ExitError') {
    return ended;
  }
  if (level !== 'ERROR' && level !== 'CRITICAL' && level !== 'FATAL') return undefined;
  // An authorizer refuses a token by failing with this word.
  if (isJsonObject(record.message) && record.message.errorMessage === 'Unauthorized') return undefined;
  return [record.message, record.error].flatMap((part) => textOf(part) || []).join('\n');
}

/** Of a text itself; of an error its trace, as the runtime writes it or a logger does. */
function textOf(part: JsonValue | undefined): string {
  if (typeof part === 'string') return part;
  if (!isJsonObject(part)) return '';
  const { stackTrace, stack = stackTrace } = part;
  if (Array.isArray(stack) && stack.length > 0) return stack.join('\n');
  return typeof stack === 'string' ? stack : nameAndMessage(part);
}

function nameAndMessage({ errorType, errorMessage, name, message }: JsonObject): string {
  return [errorType ?? name, errorMessage ?? message].filter((text) => typeof text === 'string').join(': ');
}
