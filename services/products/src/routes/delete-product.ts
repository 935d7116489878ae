import * as z from 'zod/mini';
import { ifMatch } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { productPath } from '../product.ts';
import { refusal } from '../refusals.ts';
import { productsService } from '../service.ts';

/** Optional here: what is deleted loses its changes anyway. */
const headers = z.object({ 'if-match': z._default(ifMatch, 'any') });

export const deleteProductRoute = httpHandler(
  productsService,
  { path: productPath, headers },
  async ({ path, headers }, { products }) => {
    const refused = await products.remove(path.productId, headers['if-match']);
    if (refused !== undefined) throw refusal(refused);
    productsService.metrics.addMetric('ProductsDeleted', 'Count', 1);
    return { status: 204 };
  },
);
