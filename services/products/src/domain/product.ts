import * as z from 'zod/mini';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { uuidV7 } from '#shared/uuid-v7.ts';
import { instant, queryInteger, text, uuid } from '#shared/validation/fields.ts';

const category = z
  .string()
  .check(
    z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'must be words of a-z and 0-9 joined by hyphens', abort: true }),
    z.maxLength(50),
  );

const price = z.strictObject({
  /** In the smallest unit of the currency, so that it is a whole number: 1999 EUR are 19.99 €. */
  amount: z.int().check(z.minimum(0), z.maximum(99_999_999_999)),
  currency: z.string().check(z.regex(/^[A-Z]{3}$/, { error: 'must be a currency code of ISO 4217' })),
});

/** What a client sends to create a product, and to replace one; an absent description is removed. */
export const productContent = z.strictObject({
  name: text(1, 100),
  description: z.optional(text(0, 2000)),
  category,
  price,
});
export type ProductContent = z.infer<typeof productContent>;

/** A product in an answer. Times are ISO 8601 in UTC. */
export const product = z.object({ id: uuid, ...productContent.shape, createdAt: instant, updatedAt: instant });
export type Product = z.infer<typeof product>;

/** A product with its version number, which is its entity tag. */
export type VersionedProduct = { readonly product: Product; readonly version: number };

export const productPath = z.strictObject({ productId: uuid });

/** The page of the catalogue that a client asks for: text in the query string, typed values after parsing. */
export const productQuery = z.strictObject({
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
  category: z.optional(category),
});
export type ProductQuery = z.infer<typeof productQuery>;

/** Makes a product from what the client sent. Its id sorts by the time of its creation, to the millisecond. */
export function createProduct(content: ProductContent, now: Date): Product {
  const createdAt = now.toISOString();
  return { id: uuidV7(now), ...content, createdAt, updatedAt: createdAt };
}
