import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { queueUrl, readEnv, tableName } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { queueClient } from '#shared/sqs/queue-client.ts';
import { actionQueue } from './data/action-queue.ts';
import { actionRepository } from './data/action-repository.ts';
import { friendRepository } from './data/friend-repository.ts';
import { friendshipRepository } from './data/friendship-repository.ts';

// One set of dependencies for each kind of function, so that no bundle has an SDK client that its function does not use.

/** For the reading half of the API. */
export const service = /* @__PURE__ */ defineService('friends', () => {
  const env = readEnv(z.object({ FRIENDS_TABLE_NAME: tableName }));
  return { friends: friendRepository(documentClient(), env.FRIENDS_TABLE_NAME) };
});

/** For the writing half of the API. */
export const sendService = /* @__PURE__ */ defineService('friends', () => {
  const env = readEnv(z.object({ ACTION_QUEUE_URL: queueUrl }));
  return { queue: actionQueue(queueClient(), env.ACTION_QUEUE_URL) };
});

/** For the consumer of the action queue. */
export const actionService = /* @__PURE__ */ defineService('friends', () => {
  const env = readEnv(z.object({ FRIENDS_TABLE_NAME: tableName, FRIEND_MESSAGES_TABLE_NAME: tableName }));
  const tables = { friends: env.FRIENDS_TABLE_NAME, messages: env.FRIEND_MESSAGES_TABLE_NAME };
  return { actions: actionRepository(documentClient(), tables) };
});

/** For the consumers of the stream. */
export const streamService = /* @__PURE__ */ defineService('friends', () => {
  const env = readEnv(z.object({ FRIENDS_TABLE_NAME: tableName }));
  return { friendships: friendshipRepository(documentClient(), env.FRIENDS_TABLE_NAME) };
});
