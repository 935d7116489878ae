import { isJsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { LogLevel } from '../api-types.ts';

/** Lowest first; the lines of Lambda itself come last, so that asking for errors leaves them out. */
export const logLevels: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

const platformLine = /^(?:INIT_START|START|END|REPORT|XRAY|EXTENSION) /;
const textLevel = /\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t/;
const correlationNames = ['correlation_id', 'correlationId', 'x-correlation-id'];

/** The metadata of a line: its level, and the id by which it belongs to others. */
export function readLogLine(message: string): { readonly level: LogLevel; readonly correlationId: string | null } {
  if (!message.startsWith('{')) return { level: levelOfText(message), correlationId: null };
  const record = parseJson(message);
  if (!isJsonObject(record)) return { level: 'INFO', correlationId: null };
  if (typeof record.type === 'string' && record.type.startsWith('platform.')) {
    return { level: 'PLATFORM', correlationId: null };
  }
  const correlationId = correlationNames.map((name) => record[name]).find((value) => typeof value === 'string');
  return {
    level: levelNamed(record.level) ?? 'INFO',
    correlationId: typeof correlationId === 'string' ? correlationId : null,
  };
}

function levelOfText(message: string): LogLevel {
  if (platformLine.test(message)) return 'PLATFORM';
  if (/Task timed out after [\d.]+ seconds/.test(message)) return 'ERROR';
  return levelNamed(textLevel.exec(message)?.[1]) ?? 'INFO';
}

function levelNamed(value: unknown): LogLevel | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.toUpperCase();
  if (name === 'WARNING') return 'WARN';
  if (name === 'CRITICAL') return 'FATAL';
  return logLevels.find((level) => level === name);
}
