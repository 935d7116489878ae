import { Writable } from 'node:stream';
import { format } from 'node:util';
import { writeAll } from './channel.ts';
import { outputMarker } from './messages.ts';
import { errorShape, isErrorLike, loggedError } from './runtime-error.ts';

type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
const levels: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] satisfies Level[];

const levelOfMethod = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

export type Output = {
  /** Names the invocation that later lines belong to. */
  startRequest(requestId: string): void;
  /** Logs an error that the runtime caught. */
  logError(label: string, thrown: unknown): void;
  /** Marks where the output of an invocation ends. @returns false when the function closed its standard output */
  markEnd(requestId: string): boolean;
};

/**
 * Makes console.* write in the runtime's own format, as managed runtimes do. What the function writes to stdout and
 * stderr stays as it is, which is how embedded metrics and structured loggers get through.
 */
export function captureConsole(logFormat: 'Text' | 'JSON', minimum: string): Output {
  let requestId: string | undefined;
  const threshold = logFormat === 'JSON' ? Math.max(0, levels.indexOf(minimum)) : 0;
  const isOn = (level: Level): boolean => levels.indexOf(level) >= threshold;
  const time = (): string => new Date().toISOString();

  // A newline inside of one text message is a carriage return in CloudWatch Logs, so that it stays one event.
  const writeText = (level: Level, text: string): void =>
    write(`${time()}\t${requestId}\t${level}\t${text.replaceAll('\n', '\r')}\n`);

  const writeJson = (level: Level, message: unknown, extra: object = {}): void => {
    const record = { timestamp: time(), level, requestId, message, ...extra };
    try {
      write(`${JSON.stringify(record, replaceError)}\n`);
    } catch {
      write(`${JSON.stringify({ ...record, message: format(message) })}\n`);
    }
  };

  for (const [method, level] of Object.entries(levelOfMethod)) {
    Reflect.set(console, method, (...values: unknown[]) => {
      if (!isOn(level)) return;
      if (logFormat === 'Text') writeText(level, format(...values));
      else if (values.length === 1) writeJson(level, values[0]);
      else writeJson(level, format(...values), stackFields(values.find(isErrorLike)));
    });
  }

  Object.defineProperty(process, 'stdout', { value: blockingStream(1), configurable: true, enumerable: true });
  Object.defineProperty(process, 'stderr', { value: blockingStream(2), configurable: true, enumerable: true });

  return {
    startRequest: (id) => {
      requestId = id;
    },
    logError: (label, thrown) => {
      if (logFormat === 'Text') writeText('ERROR', `${label} \t${JSON.stringify(loggedError(thrown))}`);
      else writeJson('ERROR', thrown);
    },
    markEnd: (id) => writeAll(1, Buffer.from(`${outputMarker(id)}\n`)),
  };
}

function write(line: string): void {
  writeAll(1, Buffer.from(line));
}

/**
 * Node writes to sockets asynchronously, and loses what waits when the process exits. In Lambda both streams are pipes,
 * which it writes to at once.
 */
function blockingStream(descriptor: 1 | 2): Writable {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      writeAll(descriptor, chunk);
      callback();
    },
  });
  return Object.assign(stream, { fd: descriptor, _type: 'pipe' });
}

function replaceError(_key: string, value: unknown): unknown {
  return isErrorLike(value) ? { ...value, ...stackFields(value) } : value;
}

function stackFields(error: unknown): object {
  if (!isErrorLike(error)) return {};
  const { errorType, errorMessage, trace } = errorShape(error);
  return { errorType, errorMessage, stackTrace: trace };
}
