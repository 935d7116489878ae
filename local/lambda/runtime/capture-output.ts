import { format } from 'node:util';
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
  /** Tells which invocation what follows belongs to. */
  startRequest(requestId: string): void;
  /** Logs an error that the runtime caught. */
  logError(label: string, thrown: unknown): void;
  /** Writes what still lacks its line end. */
  flush(): void;
};

/**
 * Sends what the function prints to `write`, a line at a time: console.* in the runtime's own format, stdout and
 * stderr as they are, which is how embedded metrics and structured loggers get through.
 */
export function captureOutput(logFormat: 'Text' | 'JSON', minimum: string, write: (text: string) => void): Output {
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

  const streams = [captureStream(process.stdout, write), captureStream(process.stderr, write)];
  process.removeAllListeners('warning');
  process.on('warning', (warning) => void process.stderr.write(`(node) ${warning.stack ?? warning}\n`));

  return {
    startRequest: (id) => {
      requestId = id;
    },
    logError: (label, thrown) => {
      if (logFormat === 'Text') writeText('ERROR', `${label} \t${JSON.stringify(loggedError(thrown))}`);
      else writeJson('ERROR', thrown);
    },
    flush: () => {
      for (const flush of streams) flush();
    },
  };
}

function captureStream(stream: NodeJS.WriteStream, write: (text: string) => void): () => void {
  let rest = '';
  const take = (chunk: unknown, encoding: unknown, callback: unknown): boolean => {
    const text = Buffer.isBuffer(chunk) || chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') write(`${line}\n`);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(() => done());
    return true;
  };
  Reflect.set(stream, 'write', take);
  return () => {
    if (rest !== '') write(`${rest}\n`);
    rest = '';
  };
}

function replaceError(_key: string, value: unknown): unknown {
  return isErrorLike(value) ? { ...value, ...stackFields(value) } : value;
}

function stackFields(error: unknown): object {
  if (!isErrorLike(error)) return {};
  const { errorType, errorMessage, trace } = errorShape(error);
  return { errorType, errorMessage, stackTrace: trace };
}
