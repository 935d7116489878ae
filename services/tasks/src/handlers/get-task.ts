import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { ownerOf } from '../owner.ts';
import { tasksService } from '../service.ts';
import { taskPath } from '../task.ts';

export const handler = httpHandler(tasksService, { path: taskPath }, async ({ path }, { tasks }, { caller }) => {
  const task = await tasks.find(ownerOf(caller), path.taskId);
  if (task === undefined) throw new AppError('NOT_FOUND', 'There is no such task.');
  return { status: 200, body: task };
});
