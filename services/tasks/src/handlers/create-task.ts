import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { locationOf } from '#shared/http/links.ts';
import { ownerOf } from '../domain/owner.ts';
import { createTask, newTask } from '../domain/task.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { body: newTask },
  async ({ body }, { tasks }, { caller, path, now, metrics }) => {
    const task = createTask(body, now);
    await tasks.add(ownerOf(caller), task);
    metrics.addMetric('TasksCreated', MetricUnit.Count, 1);
    return { status: 201, headers: locationOf(path, task.id), body: task };
  },
);
