import { httpRoutes } from '#shared/http/http-routes.ts';
import { service } from '../service.ts';
import { handler as createProduct } from './create-product.ts';
import { handler as deleteProduct } from './delete-product.ts';
import { handler as getProduct } from './get-product.ts';
import { handler as listProducts } from './list-products.ts';
import { handler as replaceProduct } from './replace-product.ts';

/** The one function of this service. The other handlers in this folder are its routes; each could be a function itself. */
export const handler = httpRoutes(service, [
  { method: 'POST', path: '/products', handler: createProduct },
  { method: 'GET', path: '/products', handler: listProducts },
  { method: 'GET', path: '/products/{productId}', handler: getProduct },
  { method: 'PUT', path: '/products/{productId}', handler: replaceProduct },
  { method: 'DELETE', path: '/products/{productId}', handler: deleteProduct },
]);
