import * as z from 'zod/mini';
import { arn, readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { createLambdaClient } from './data/lambda-client.ts';
import { openTasksReader } from './data/open-tasks.ts';

export const service = /* @__PURE__ */ defineService('planner', () => {
  const env = readEnv(z.object({ LIST_TASKS_FUNCTION_ARN: arn }));
  return { readOpenTasks: openTasksReader(createLambdaClient(), env.LIST_TASKS_FUNCTION_ARN) };
});
