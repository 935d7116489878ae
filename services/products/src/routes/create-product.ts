import { entityTag } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { locationOf } from '#shared/http/links.ts';
import { createProduct } from '../create-product.ts';
import { productContent } from '../product.ts';
import { productsService } from '../service.ts';

export const createProductRoute = httpHandler(
  productsService,
  { body: productContent },
  async ({ body }, { products }, { path, now }) => {
    const { product, version } = await products.add(createProduct(body, now));
    productsService.metrics.addMetric('ProductsCreated', 'Count', 1);
    return { status: 201, headers: { ...locationOf(path, product.id), etag: entityTag(version) }, body: product };
  },
);
