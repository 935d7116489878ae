import * as z from 'zod/mini';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { queryInteger } from '#shared/validation/fields.ts';
import { category } from './product.ts';

/** Which page of the catalogue is asked for: text in the query string, typed from here on. */
export const productQuery = z.strictObject({
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
  category: z.optional(category),
});
export type ProductQuery = z.infer<typeof productQuery>;
