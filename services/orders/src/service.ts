import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv, tableName } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { orderPlacer } from './data/order-placer.ts';
import { orderRepository } from './data/order-repository.ts';

export const service = /* @__PURE__ */ defineService('orders', () => {
  const env = readEnv(z.object({ COMMERCE_TABLE_NAME: tableName }));
  return { orders: orderRepository(documentClient(), env.COMMERCE_TABLE_NAME) };
});

/** For placing orders, the only operation with idempotency keys. */
export const placementService = /* @__PURE__ */ defineService('orders', () => {
  const env = readEnv(z.object({ COMMERCE_TABLE_NAME: tableName, IDEMPOTENCY_TABLE_NAME: tableName }));
  const tables = { commerce: env.COMMERCE_TABLE_NAME, idempotency: env.IDEMPOTENCY_TABLE_NAME };
  return { placeOrder: orderPlacer(documentClient(), tables) };
});
