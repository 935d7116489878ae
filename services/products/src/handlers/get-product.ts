import { entityTag } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { productPath } from '../domain/product.ts';
import { productNotFound } from '../domain/product-errors.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { path: productPath }, async ({ path }, { products }) => {
  const found = await products.find(path.productId);
  if (found === undefined) throw productNotFound();
  return { status: 200, headers: { etag: entityTag(found.version) }, body: found.product };
});
