import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { productQuery } from '../domain/product.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { query: productQuery }, async ({ query }, { products }, { caller }) => {
  const page = await products.list(query);
  // All pages of the catalogue are in one partition: a cache in front keeps its readers from using up the reads of it.
  // What needs a token must not be in a cache that asks for none.
  const caching = caller === undefined ? 'public, max-age=5' : 'private, max-age=5';
  return {
    status: 200,
    headers: { ...nextPageLink(query, page.nextToken), 'cache-control': caching },
    body: page.items,
  };
});
