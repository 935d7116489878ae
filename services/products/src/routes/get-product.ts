import { entityTag } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { productPath } from '../product.ts';
import { unknownProduct } from '../refusals.ts';
import { productsService } from '../service.ts';

export const getProductRoute = httpHandler(productsService, { path: productPath }, async ({ path }, { products }) => {
  const found = await products.find(path.productId);
  if (found === undefined) throw unknownProduct();
  return { status: 200, headers: { etag: entityTag(found.version) }, body: found.product };
});
