import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv, tableName } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { taskRepository } from './data/task-repository.ts';

export const service = /* @__PURE__ */ defineService('tasks', () => {
  const env = readEnv(z.object({ TASKS_TABLE_NAME: tableName }));
  return { tasks: taskRepository(documentClient(), env.TASKS_TABLE_NAME) };
});
