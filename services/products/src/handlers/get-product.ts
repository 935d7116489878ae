import * as z from 'zod/mini';
import { entityTag, ifNoneMatch, includesVersion } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { productPath } from '../domain/product.ts';
import { productNotFound } from '../domain/product-errors.ts';
import { service } from '../service.ts';

const headers = z.object({ 'if-none-match': z._default(ifNoneMatch, []) });

export const handler = httpHandler(service, { path: productPath, headers }, async ({ path, headers }, { products }) => {
  const found = await products.find(path.productId);
  if (found === undefined) throw productNotFound();
  // A browser may keep the answer, and asks each time whether it is still right.
  const validator = { etag: entityTag(found.version), 'cache-control': 'private, no-cache' };
  return includesVersion(headers['if-none-match'], found.version)
    ? { status: 304, headers: validator }
    : { status: 200, headers: validator, body: found.product };
});
