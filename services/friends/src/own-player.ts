import { AppError } from '#shared/errors/app-error.ts';
import type { Caller } from '#shared/http/http-event.ts';

/**
 * Where the API has an authorizer, a caller sees and acts as nobody but themselves.
 *
 * @throws AppError FORBIDDEN unless the caller is one of the players, or nobody knows who calls
 */
export function checkCaller(caller: Caller | undefined, ...players: readonly string[]): void {
  if (caller === undefined || players.includes(caller.sub)) return;
  throw new AppError('FORBIDDEN', 'This is for the player alone.');
}
