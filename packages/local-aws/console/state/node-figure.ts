import type { NodeCounts, NodeKind } from '../../src/console/api-types.ts';
import { formatCount, plural } from './format.ts';

/** The number that matters most of a resource, or of several functions together. */
export function nodeFigure(
  counts: readonly NodeCounts[],
  kind: NodeKind,
): { readonly text: string; readonly isBad: boolean } {
  const sum = (name: 'ready' | 'inFlight' | 'delayed' | 'items' | 'calls' | 'errors'): number =>
    counts.reduce((total, each) => total + (each[name] ?? 0), 0);
  const alarm = counts.find(({ alarmState }) => alarmState !== undefined)?.alarmState;
  if (alarm !== undefined) return { text: alarm.replaceAll('_', ' ').toLowerCase(), isBad: alarm === 'ALARM' };
  if (kind === 'queue' || kind === 'dead-letter-queue') {
    const [ready, inFlight] = [sum('ready') + sum('delayed'), sum('inFlight')];
    const isBad = kind === 'dead-letter-queue' && ready + inFlight > 0;
    if (ready + inFlight === 0) return { text: 'empty', isBad };
    return { text: inFlight === 0 ? `${formatCount(ready)} ready` : `${formatCount(ready)} + ${inFlight} busy`, isBad };
  }
  const errors = sum('errors');
  if (errors > 0) return { text: plural(errors, 'error'), isBad: true };
  if (counts.some(({ items }) => items !== undefined)) {
    return { text: plural(sum('items'), kind === 'bucket' ? 'object' : 'item'), isBad: false };
  }
  const calls = sum('calls');
  return { text: calls === 0 ? '' : plural(calls, 'call'), isBad: false };
}
