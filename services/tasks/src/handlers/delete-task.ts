import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { httpHandler } from '#shared/http/http-handler.ts';
import { ownerOf } from '../domain/owner.ts';
import { taskNotFound, taskPath } from '../domain/task.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { path: taskPath }, async ({ path }, { tasks }, { caller, metrics }) => {
  const result = await tasks.remove(ownerOf(caller), path.taskId);
  if ('refused' in result) throw taskNotFound();
  metrics.addMetric('TasksDeleted', MetricUnit.Count, 1);
  return { status: 204 };
});
