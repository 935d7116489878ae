import { uuidV7 } from '#shared/uuid-v7.ts';
import type { Product, ProductContent } from './product.ts';

/** Makes a product of what the client sent. Its id sorts by the time of its creation, to the millisecond. */
export function createProduct(content: ProductContent, now: Date): Product {
  const createdAt = now.toISOString();
  return { id: uuidV7(now), ...content, createdAt, updatedAt: createdAt };
}
