import { httpRoutes } from '#shared/http/http-routes.ts';
import { createProductRoute } from '../routes/create-product.ts';
import { deleteProductRoute } from '../routes/delete-product.ts';
import { getProductRoute } from '../routes/get-product.ts';
import { listProductsRoute } from '../routes/list-products.ts';
import { replaceProductRoute } from '../routes/replace-product.ts';
import { productsService } from '../service.ts';

export const handler = httpRoutes(productsService, [
  { method: 'POST', path: '/products', handler: createProductRoute },
  { method: 'GET', path: '/products', handler: listProductsRoute },
  { method: 'GET', path: '/products/{productId}', handler: getProductRoute },
  { method: 'PUT', path: '/products/{productId}', handler: replaceProductRoute },
  { method: 'DELETE', path: '/products/{productId}', handler: deleteProductRoute },
]);
