import type { LogLevel, LogLine } from '../../src/console/api-types.ts';
import { formatTime } from '../state/format.ts';
import type { Tone } from './badge.tsx';
import { Badge } from './badge.tsx';
import { JsonView, parsedText } from './json-view.tsx';

const tones: Readonly<Record<LogLevel, Tone>> = {
  TRACE: 'neutral',
  DEBUG: 'neutral',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'bad',
  FATAL: 'bad',
  PLATFORM: 'neutral',
};

export const LevelBadge = ({ level }: { readonly level: LogLevel }) => (
  <Badge tone={tones[level]}>{level === 'PLATFORM' ? 'Lambda' : level}</Badge>
);

/** The lines of one span, whole. */
export function LogLines({ lines }: { readonly lines: readonly LogLine[] }) {
  return (
    <ol class="details-pad log-lines">
      {lines.map((line) => (
        <li key={line.seq} class="log-line">
          <span class="log-line-head">
            <span class="mono muted">{formatTime(line.timestamp)}</span>
            <LevelBadge level={line.level} />
          </span>
          <LogMessage message={line.message} />
        </li>
      ))}
    </ol>
  );
}

/** `time<tab>request id<tab>level<tab>`, which the Node runtime writes before each line of the text format. */
const runtimePrefix = /^\d{4}-\d\d-\d\dT[^\t]+\t[^\t]+\t(?:[A-Z]+\t)?/;

/** A structured line as a tree, any other as text. */
export function LogMessage({ message }: { readonly message: string }) {
  const value = parsedText(message.replace(runtimePrefix, ''));
  return typeof value === 'object' ? <JsonView value={value} /> : <pre class="text-block">{message}</pre>;
}

/** The text of a line for a list: the message of a structured one. */
export function logText(message: string): string {
  const text = message.replace(runtimePrefix, '');
  const value = parsedText(text);
  if (typeof value !== 'object' || value === null) return text;
  if ('message' in value && typeof value.message === 'string') return value.message;
  return '_aws' in value ? metricsText(value, value._aws) : text;
}

/** The embedded metric format repeats the metrics as members: `requests 1, latency 12`. */
function metricsText(line: object, metadata: unknown): string {
  const names = JSON.stringify(metadata).matchAll(/"Name":"([^"]+)"/g);
  const values = [...names].map(([, name = '']) => `${name} ${JSON.stringify(Reflect.get(line, name))}`);
  return `metrics: ${values.join(', ')}`;
}
