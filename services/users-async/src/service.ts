import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { userRepository } from './user-repository.ts';

const env = z.object({ USERS_TABLE: z.string() });

/** The consumer of the queue needs the table, and its bundle holds no SQS client. */
export const service = defineService('users-async', () => ({
  users: userRepository(documentClient(), readEnv(env).USERS_TABLE),
}));
