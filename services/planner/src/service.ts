import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { traceCalls } from '#shared/aws/trace-calls.ts';
import { readEnv } from '#shared/env.ts';
import { defineService } from '#shared/service.ts';
import { openTasksReader } from './open-tasks.ts';

const plannerEnv = z.object({ LIST_TASKS_FUNCTION_ARN: z.string().check(z.startsWith('arn:')) });

export const plannerService = defineService('planner', () => ({
  readOpenTasks: openTasksReader(createLambdaClient(), readEnv(plannerEnv).LIST_TASKS_FUNCTION_ARN),
}));

/**
 * Two attempts of 4 s at most, so that the second one still ends within the planner's own 10 s. Repeating is safe
 * because listing changes nothing.
 */
export function createLambdaClient(config: LambdaClientConfig = {}): LambdaClient {
  return traceCalls(
    new LambdaClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 500, requestTimeout: 4000, throwOnRequestTimeout: true },
      ...config,
    }),
  );
}
