import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { pairs } from './pairs.ts';

const env = z.object({ FRIENDS_TABLE: z.string() });

/** The consumers of the stream. */
export const service = defineService('friends', () => ({
  pairs: pairs(documentClient(), readEnv(env).FRIENDS_TABLE),
}));
