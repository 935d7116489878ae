import type { Cause } from '../../core/observer.ts';
import { randomText } from '../../core/random-bytes.ts';

export function newSpanId(): string {
  return randomText(8, 'hex');
}

/** Begins with the time in seconds, as an id of X-Ray does. @param now milliseconds since the epoch */
export function newTraceId(now: number): string {
  return (
    Math.floor(now / 1000)
      .toString(16)
      .padStart(8, '0')
      .slice(-8) + randomText(12, 'hex')
  );
}

const rootPattern = /(?:^|[;\s])Root=1-([\da-f]{8})-([\da-f]{24})(?:;|$)/i;
const parentPattern = /(?:^|[;\s])Parent=([\da-f]{16})(?:;|$)/i;

/** The trace that an `X-Amzn-Trace-Id` names, and the span where it names one. */
export function causeInHeader(header: string | undefined): Cause | undefined {
  const [, seconds, random] = rootPattern.exec(header ?? '') ?? [];
  if (header === undefined || seconds === undefined || random === undefined) return undefined;
  return {
    traceId: `${seconds}${random}`.toLowerCase(),
    spanId: parentPattern.exec(header)?.[1]?.toLowerCase(),
  };
}

export function rootHeader(traceId: string): string {
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}

/** The trace id in any form that people copy: 32 digits, `1-…-…`, or a whole header. */
export function readTraceId(text: string): string | undefined {
  const [, seconds = '', random = ''] =
    /^(?:Root=)?(?:1-)?([\da-f]{8})-?([\da-f]{24})(?:;.*)?$/i.exec(text.trim()) ?? [];
  return seconds === '' ? undefined : `${seconds}${random}`.toLowerCase();
}
