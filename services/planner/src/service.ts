import * as z from 'zod/mini';
import { dynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { arn, busName, readEnv, tableName } from '#shared/env.ts';
import { busClient } from '#shared/events/bus-client.ts';
import { runOnce } from '#shared/idempotency/run-once.ts';
import { defineService } from '#shared/service.ts';
import { createLambdaClient } from './data/lambda-client.ts';
import { openTasksReader } from './data/open-tasks.ts';
import { planBus } from './data/plan-bus.ts';

export const service = /* @__PURE__ */ defineService('planner', () => {
  const env = readEnv(z.object({ LIST_TASKS_FUNCTION_ARN: arn }));
  return { readOpenTasks: openTasksReader(createLambdaClient(), env.LIST_TASKS_FUNCTION_ARN) };
});

/** For the plan of the morning, with what publishes it once a day. */
export const morningService = /* @__PURE__ */ defineService('planner', () => {
  const env = readEnv(
    z.object({ LIST_TASKS_FUNCTION_ARN: arn, PLAN_BUS_NAME: busName, IDEMPOTENCY_TABLE_NAME: tableName }),
  );
  return {
    readOpenTasks: openTasksReader(createLambdaClient(), env.LIST_TASKS_FUNCTION_ARN),
    bus: planBus(busClient(), env.PLAN_BUS_NAME),
    runOnce: runOnce(dynamoDbClient(), env.IDEMPOTENCY_TABLE_NAME, 'publishPlan'),
  };
});
