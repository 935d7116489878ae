import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { friendList } from './friend-list.ts';

const env = z.object({ FRIENDS_TABLE: z.string() });

/** The reading half of the API. */
export const service = defineService('friends', () => ({
  friends: friendList(documentClient(), readEnv(env).FRIENDS_TABLE),
}));
