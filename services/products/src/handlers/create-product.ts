import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { entityTag } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { locationOf } from '#shared/http/links.ts';
import { createProduct, productContent } from '../domain/product.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { body: productContent },
  async ({ body }, { products }, { path, now, metrics }) => {
    const { product, version } = await products.add(createProduct(body, now));
    metrics.addMetric('ProductsCreated', MetricUnit.Count, 1);
    return { status: 201, headers: { ...locationOf(path, product.id), etag: entityTag(version) }, body: product };
  },
);
