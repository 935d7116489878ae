import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { ownerOf } from '../owner.ts';
import { tasksService } from '../service.ts';
import { taskContent, taskPath } from '../task.ts';

export const handler = httpHandler(
  tasksService,
  { path: taskPath, body: taskContent },
  async ({ path, body }, { tasks }, { caller, now }) => {
    const task = await tasks.replace(ownerOf(caller), path.taskId, body, now.toISOString());
    if (task === undefined) throw new AppError('NOT_FOUND', 'There is no such task.');
    return { status: 200, body: task };
  },
);
