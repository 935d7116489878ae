import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { productQuery } from '../domain/product.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { query: productQuery }, async ({ query }, { products }) => {
  const page = await products.list(query);
  return { status: 200, headers: nextPageLink(query, page.nextToken), body: page.items };
});
