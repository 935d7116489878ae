import type { Caller } from '#shared/http/http-event.ts';

/**
 * The owner of the tasks that a request is about: the partition key of the table. The prefix keeps a user called
 * ANONYMOUS apart from the one list that all callers share without an authorizer.
 */
export type Owner = 'ANONYMOUS' | `USER#${string}`;

export function ownerOf(caller: Caller | undefined): Owner {
  return caller === undefined ? 'ANONYMOUS' : `USER#${caller.sub}`;
}
