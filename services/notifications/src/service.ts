import * as z from 'zod/mini';
import { dynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { arn, readEnv, tableName } from '#shared/env.ts';
import { runOnce } from '#shared/idempotency/run-once.ts';
import { defineService } from '#shared/service.ts';
import { topicClient } from '#shared/sns/topic-client.ts';
import { orderTopic } from './data/order-topic.ts';

export const service = /* @__PURE__ */ defineService('notifications', () => {
  const env = readEnv(z.object({ ORDER_TOPIC_ARN: arn, IDEMPOTENCY_TABLE_NAME: tableName }));
  return {
    topic: orderTopic(topicClient(), env.ORDER_TOPIC_ARN),
    runOnce: runOnce(dynamoDbClient(), env.IDEMPOTENCY_TABLE_NAME, 'announceOrder'),
  };
});
