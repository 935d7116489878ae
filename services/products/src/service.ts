import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { productRepository } from './product-repository.ts';

const productsEnv = z.object({ PRODUCTS_TABLE_NAME: z.string().check(z.minLength(3)) });

export const productsService = defineService('products', () => {
  const env = readEnv(productsEnv);
  return { products: productRepository(documentClient(), env.PRODUCTS_TABLE_NAME) };
});
