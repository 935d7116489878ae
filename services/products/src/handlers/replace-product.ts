import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error.ts';
import { entityTag, ifMatch } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { productContent, productPath } from '../domain/product.ts';
import { refusedChange } from '../domain/product-errors.ts';
import { service } from '../service.ts';

const headers = z.object({ 'if-match': z.optional(ifMatch) });

export const handler = httpHandler(
  service,
  { path: productPath, headers, body: productContent },
  async ({ path, headers, body }, { products }, { now }) => {
    const expected = headers['if-match'];
    // A client that has not read the product would undo the changes of others unknowingly (RFC 6585, 3).
    if (expected === undefined) {
      throw new AppError('PRECONDITION_REQUIRED', 'Send the ETag of the product as If-Match, or If-Match: *.');
    }
    const result = await products.replace(path.productId, expected, body, now.toISOString());
    if ('refused' in result) throw refusedChange(result.refused);
    const { product, version } = result.item;
    return { status: 200, headers: { etag: entityTag(version) }, body: product };
  },
);
