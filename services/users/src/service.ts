import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv, tableName } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { userRepository } from './data/user-repository.ts';

export const service = /* @__PURE__ */ defineService('users', () => {
  const env = readEnv(z.object({ COMMERCE_TABLE_NAME: tableName }));
  return { users: userRepository(documentClient(), env.COMMERCE_TABLE_NAME) };
});
