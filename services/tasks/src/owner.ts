import type { Caller } from '#shared/http/http-event.ts';

/**
 * Whose tasks a request is about: the partition of the table. The prefixes keep a user called ANONYMOUS apart from the
 * one list that everybody shares where no authorizer is in front.
 */
export type Owner = 'ANONYMOUS' | `USER#${string}`;

export function ownerOf(caller: Caller | undefined): Owner {
  return caller === undefined ? 'ANONYMOUS' : `USER#${caller.sub}`;
}
