import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { ownRows } from './own-rows.ts';

const env = z.object({ FRIENDS_TABLE: z.string(), MESSAGES_TABLE: z.string() });

/** The consumer of the front queue. */
export const service = defineService('friends', () => {
  const { FRIENDS_TABLE, MESSAGES_TABLE } = readEnv(env);
  return { rows: ownRows(documentClient(), { friends: FRIENDS_TABLE, messages: MESSAGES_TABLE }) };
});
