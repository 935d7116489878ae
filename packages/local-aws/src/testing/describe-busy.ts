import type { BusyPart } from './control-client.ts';

/** Says what is left to do, and what can be done about work that waits for a time. */
export function describeBusy(busy: readonly BusyPart[], waitMs: number): string {
  const parts = busy.map(({ kind, name, reason }) => `  ${kind} ${name}: ${reason}`);
  const waits = busy.some(({ reason }) => / in \d+ s/.test(reason));
  const hint = waits ? '\nWork that waits for a time is done at once after clock.advance().' : '';
  return `The endpoint is not idle after ${waitMs} ms:\n${parts.join('\n')}${hint}`;
}
