import type { DeployResult } from './deploy-result.ts';

type Changes = Extract<DeployResult, { state: 'updated' }>['changes'];

/** How many resources a line names before it only counts them. */
const named = 3;

/** One line about one service; about a failure, the whole error. */
export function describeResult(result: DeployResult, width: number): string {
  const name = result.service.padEnd(width);
  const seconds = `${result.seconds.toFixed(1)} s`;
  switch (result.state) {
    case 'created':
      return `${name}  created in ${seconds}: ${count(result.resources, 'resource')}`;
    case 'updated':
      return `${name}  updated in ${seconds}: ${describeChanges(result.changes)}`;
    case 'unchanged':
      return `${name}  no changes`;
    case 'failed':
      return `${name}  failed after ${seconds}:\n${indent(result.error)}`;
  }
}

/** One line about all services. */
export function summarize(results: readonly DeployResult[], seconds: number): string {
  const states = Map.groupBy(results, ({ state }) => state);
  const took = `${seconds.toFixed(1)} s`;
  const unchanged = states.get('unchanged')?.length ?? 0;
  if (unchanged === results.length) return `No changes (${took}).`;
  const parts = (['created', 'updated'] as const).flatMap((state) => {
    const services = states.get(state) ?? [];
    return services.length === 0 ? [] : `${services.length} ${state}`;
  });
  return `${[...parts, ...(unchanged > 0 ? [`${unchanged} unchanged`] : [])].join(', ')} in ${took}.`;
}

function describeChanges(changes: Changes): string {
  return (['added', 'changed', 'removed'] as const)
    .filter((kind) => changes[kind].length > 0)
    .map((kind) => `${changes[kind].length} ${kind} (${list(changes[kind])})`)
    .join(', ');
}

function list(ids: readonly string[]): string {
  return ids.length <= named ? ids.join(', ') : `${ids.slice(0, named).join(', ')}, …`;
}

function indent(error: string): string {
  const lines = error
    .replace(/^Error:\n/, '')
    .trim()
    .split('\n');
  return lines.map((line) => `  ${line}`.trimEnd()).join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
