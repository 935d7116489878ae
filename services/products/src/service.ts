import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv, tableName } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { productRepository } from './data/product-repository.ts';

export const service = /* @__PURE__ */ defineService('products', () => {
  const env = readEnv(z.object({ PRODUCTS_TABLE_NAME: tableName }));
  return { products: productRepository(documentClient(), env.PRODUCTS_TABLE_NAME) };
});
