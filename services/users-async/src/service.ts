import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { queueUrl, readEnv, tableName } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { queueClient } from '#shared/sqs/queue-client.ts';
import { archiveQueue } from './data/archive-queue.ts';
import { userRepository } from './data/user-repository.ts';

export const service = /* @__PURE__ */ defineService('users-async', () => {
  const env = readEnv(z.object({ USERS_TABLE_NAME: tableName }));
  return { users: userRepository(documentClient(), env.USERS_TABLE_NAME) };
});

/** With the archive queue, which only the consumer of the dead-letter queue needs. */
export const failureService = /* @__PURE__ */ defineService('users-async', () => {
  const env = readEnv(z.object({ USERS_TABLE_NAME: tableName, USERS_ARCHIVE_QUEUE_URL: queueUrl }));
  return {
    users: userRepository(documentClient(), env.USERS_TABLE_NAME),
    archive: archiveQueue(queueClient(), env.USERS_ARCHIVE_QUEUE_URL),
  };
});
