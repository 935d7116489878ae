import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { queueClient } from '#shared/sqs/queue-client.ts';
import { archive } from './archive.ts';
import { userRepository } from './user-repository.ts';

const env = z.object({ USERS_TABLE: z.string(), ARCHIVE_QUEUE_URL: z.string() });

/** The consumer of the dead-letter queue writes to the table and to the archive. */
export const service = defineService('users-async', () => {
  const { USERS_TABLE, ARCHIVE_QUEUE_URL } = readEnv(env);
  return { users: userRepository(documentClient(), USERS_TABLE), archive: archive(queueClient(), ARCHIVE_QUEUE_URL) };
});
