import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error.ts';
import { entityTag, ifMatch } from '#shared/http/entity-tag.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { productContent, productPath } from '../product.ts';
import { refusal } from '../refusals.ts';
import { productsService } from '../service.ts';

const headers = z.object({ 'if-match': z.optional(ifMatch) });

export const replaceProductRoute = httpHandler(
  productsService,
  { path: productPath, headers, body: productContent },
  async ({ path, headers, body }, { products }, { now }) => {
    const expected = headers['if-match'];
    // Whoever has not seen the product would undo the changes of others without knowing (RFC 6585, 3).
    if (expected === undefined) {
      throw new AppError('PRECONDITION_REQUIRED', 'Send the ETag of the product as If-Match, or If-Match: *.');
    }
    const replaced = await products.replace(path.productId, expected, body, now.toISOString());
    if (typeof replaced === 'string') throw refusal(replaced);
    return { status: 200, headers: { etag: entityTag(replaced.version) }, body: replaced.product };
  },
);
