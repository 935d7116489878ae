import { uuidV7 } from '#shared/uuid-v7.ts';
import type { NewTask, Task } from './task.ts';

/** Makes a task of what the client sent. Its id sorts by the time of its creation, to the millisecond. */
export function createTask(content: NewTask, now: Date): Task {
  const createdAt = now.toISOString();
  return { id: uuidV7(now), ...content, createdAt, updatedAt: createdAt };
}
