import * as z from 'zod/mini';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { queueClient } from '#shared/sqs/queue-client.ts';
import { frontQueue } from './front-queue.ts';

const env = z.object({ FRONT_QUEUE_URL: z.string() });

/** The writing half of the API, whose bundle holds no DynamoDB client. */
export const service = defineService('friends', () => ({
  queue: frontQueue(queueClient(), readEnv(env).FRONT_QUEUE_URL),
}));
