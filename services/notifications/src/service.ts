import * as z from 'zod/mini';
import { dynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { runOnce } from '#shared/idempotency/run-once.ts';
import { defineService } from '#shared/service.ts';
import { topicClient } from '#shared/sns/topic-client.ts';
import { announcer } from './announce.ts';

const notificationsEnv = z.object({
  TOPIC_ARN: z.string().check(z.startsWith('arn:')),
  IDEMPOTENCY_TABLE_NAME: z.string().check(z.minLength(3)),
});

export const notificationsService = defineService('notifications', () => {
  const env = readEnv(notificationsEnv);
  return {
    announce: announcer(topicClient(), env.TOPIC_ARN),
    runOnce: runOnce(dynamoDbClient(), env.IDEMPOTENCY_TABLE_NAME, 'announceOrder'),
  };
});
