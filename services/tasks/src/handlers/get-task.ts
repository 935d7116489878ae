import { httpHandler } from '#shared/http/http-handler.ts';
import { ownerOf } from '../domain/owner.ts';
import { taskNotFound, taskPath } from '../domain/task.ts';
import { service } from '../service.ts';

export const handler = httpHandler(service, { path: taskPath }, async ({ path }, { tasks }, { caller }) => {
  const task = await tasks.find(ownerOf(caller), path.taskId);
  if (task === undefined) throw taskNotFound();
  return { status: 200, body: task };
});
