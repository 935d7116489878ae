import * as z from 'zod/mini';
import { documentClient } from '#shared/dynamodb/document-client.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { taskRepository } from './task-repository.ts';

const tasksEnv = z.object({ TASKS_TABLE_NAME: z.string().check(z.minLength(3)) });

export const tasksService = defineService('tasks', () => {
  const env = readEnv(tasksEnv);
  return { tasks: taskRepository(documentClient(), env.TASKS_TABLE_NAME) };
});
