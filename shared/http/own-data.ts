import { AppError } from '../errors/app-error.ts';
import type { Caller } from './http-event.ts';

/**
 * Where the API has an authorizer, a caller sees and changes only their own data: what is kept under the `sub` of
 * their tokens.
 *
 * @param owners whose data it is; one of them has to be the caller
 * @throws AppError FORBIDDEN, unless the request is anonymous
 */
export function checkOwnData(caller: Caller | undefined, ...owners: readonly string[]): void {
  if (caller === undefined || owners.includes(caller.sub)) return;
  throw new AppError('FORBIDDEN', 'This belongs to somebody else.');
}

/** The same for usernames, which are one in any case: the `sub` has to be the username in lower case. */
export function checkOwnUser(caller: Caller | undefined, username: string): void {
  checkOwnData(caller, username.toLowerCase());
}
