import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { userRepository } from './user-repository.ts';

const usersEnv = z.object({ COMMERCE_TABLE_NAME: z.string().check(z.minLength(3)) });

export const usersService = defineService('users', () => {
  const env = readEnv(usersEnv);
  return { users: userRepository(documentClient(), env.COMMERCE_TABLE_NAME) };
});
