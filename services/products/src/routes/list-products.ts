import { httpHandler } from '#shared/http/http-handler.ts';
import { nextPageLink } from '#shared/http/links.ts';
import { productQuery } from '../product-query.ts';
import { productsService } from '../service.ts';

export const listProductsRoute = httpHandler(
  productsService,
  { query: productQuery },
  async ({ query }, { products }) => {
    const page = await products.list(query);
    return { status: 200, headers: nextPageLink(query, page.nextToken), body: page.items };
  },
);
