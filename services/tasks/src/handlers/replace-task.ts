import { httpHandler } from '#shared/http/http-handler.ts';
import { ownerOf } from '../domain/owner.ts';
import { taskContent, taskNotFound, taskPath } from '../domain/task.ts';
import { service } from '../service.ts';

export const handler = httpHandler(
  service,
  { path: taskPath, body: taskContent },
  async ({ path, body }, { tasks }, { caller, now }) => {
    const result = await tasks.replace(ownerOf(caller), path.taskId, body, now.toISOString());
    if ('refused' in result) throw taskNotFound();
    return { status: 200, body: result.item };
  },
);
