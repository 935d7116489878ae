import { httpHandler } from '#shared/http/http-handler.ts';
import { locationOf } from '#shared/http/links.ts';
import { createTask } from '../create-task.ts';
import { ownerOf } from '../owner.ts';
import { tasksService } from '../service.ts';
import { newTask } from '../task.ts';

export const handler = httpHandler(
  tasksService,
  { body: newTask },
  async ({ body }, { tasks }, { caller, path, now }) => {
    const task = createTask(body, now);
    await tasks.add(ownerOf(caller), task);
    tasksService.metrics.addMetric('TasksCreated', 'Count', 1);
    return { status: 201, headers: locationOf(path, task.id), body: task };
  },
);
