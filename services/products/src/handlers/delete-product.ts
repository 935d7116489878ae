import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod/mini';
import { ifMatch } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { productPath } from '../domain/product.ts';
import { refusedChange } from '../domain/product-errors.ts';
import { service } from '../service.ts';

/** Optional here: a deletion loses the changes of others anyway. */
const headers = z.object({ 'if-match': z._default(ifMatch, 'any') });

export const handler = httpHandler(
  service,
  { path: productPath, headers },
  async ({ path, headers }, { products }, { metrics }) => {
    const result = await products.remove(path.productId, headers['if-match']);
    if ('refused' in result) throw refusedChange(result.refused);
    metrics.addMetric('ProductsDeleted', MetricUnit.Count, 1);
    return { status: 204 };
  },
);
