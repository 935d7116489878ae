import * as z from 'zod/mini';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { instant, queryBoolean, queryInteger } from '#shared/validation/fields.ts';

/** Which page of the list is asked for: text in the query string, typed from here on. */
export const taskQuery = z.strictObject({
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
  isComplete: z.optional(queryBoolean),
  dueBefore: z.optional(instant),
});
export type TaskQuery = z.infer<typeof taskQuery>;
