import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { orderRepository } from './order-repository.ts';

const ordersEnv = z.object({ COMMERCE_TABLE_NAME: z.string().check(z.minLength(3)) });

export const ordersService = defineService('orders', () => {
  const env = readEnv(ordersEnv);
  return { orders: orderRepository(documentClient(), env.COMMERCE_TABLE_NAME) };
});
