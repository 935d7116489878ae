import * as z from 'zod/mini';
import { documentClient, dynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { runOnce } from '#shared/idempotency/run-once.ts';
import { defineService } from '#shared/service.ts';
import { orderPlacer } from './place-order.ts';

const env = z.object({
  COMMERCE_TABLE_NAME: z.string().check(z.minLength(3)),
  IDEMPOTENCY_TABLE_NAME: z.string().check(z.minLength(3)),
});

/** Only placing an order needs idempotency; the other bundles are without it. */
export const placeService = defineService('orders', () => {
  const { COMMERCE_TABLE_NAME, IDEMPOTENCY_TABLE_NAME } = readEnv(env);
  return {
    place: orderPlacer(documentClient(), { commerce: COMMERCE_TABLE_NAME, idempotency: IDEMPOTENCY_TABLE_NAME }),
    runOnce: runOnce(dynamoDbClient(), IDEMPOTENCY_TABLE_NAME, 'placeOrder'),
  };
});
