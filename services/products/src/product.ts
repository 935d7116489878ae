import * as z from 'zod/mini';
import { instant, text, uuid } from '#shared/validation/fields.ts';

export const category = z
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

/** What a client sends to create a product, and to replace one; the description goes when it is absent. */
export const productContent = z.strictObject({
  name: text(1, 100),
  description: z.optional(text(0, 2000)),
  category,
  price,
});
export type ProductContent = z.infer<typeof productContent>;

/** A product as it is answered. Times are ISO 8601 in UTC. */
export const product = z.object({ id: uuid, ...productContent.shape, createdAt: instant, updatedAt: instant });
export type Product = z.infer<typeof product>;

/** A product with the number of its version, which its entity tag tells. */
export type Versioned = { readonly product: Product; readonly version: number };

export const productPath = z.strictObject({ productId: uuid });
