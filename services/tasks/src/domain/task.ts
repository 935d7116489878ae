import * as z from 'zod/mini';
import { pageTokenParameter } from '#shared/dynamodb/page-token.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { uuidV7 } from '#shared/uuid-v7.ts';
import { instant, queryBoolean, queryInteger, text, uuid } from '#shared/validation/fields.ts';

const title = text(1, 100);
const detail = z.optional(text(0, 1000));
const dueAt = z.optional(instant);

/** What a client sends to create a task. */
export const newTask = z.strictObject({ title, detail, dueAt, isComplete: z._default(z.boolean(), false) });
export type NewTask = z.infer<typeof newTask>;

/** What a client sends to replace the content of a task; an absent `detail` or `dueAt` is removed. */
export const taskContent = z.strictObject({ title, detail, dueAt, isComplete: z.boolean() });
export type TaskContent = z.infer<typeof taskContent>;

/** A task in an answer. Times are ISO 8601 in UTC. */
export const task = z.object({
  id: uuid,
  title,
  detail,
  dueAt,
  isComplete: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
});
export type Task = z.infer<typeof task>;

export const taskPath = z.strictObject({ taskId: uuid });

/** The page of the list that a client asks for: text in the query string, typed values after parsing. */
export const taskQuery = z.strictObject({
  limit: z._default(queryInteger(1, 100), 50),
  nextToken: z.optional(pageTokenParameter),
  isComplete: z.optional(queryBoolean),
  dueBefore: z.optional(instant),
});
export type TaskQuery = z.infer<typeof taskQuery>;

/** Makes a task from what the client sent. Its id sorts by the time of its creation, to the millisecond. */
export function createTask(content: NewTask, now: Date): Task {
  const createdAt = now.toISOString();
  return { id: uuidV7(now), ...content, createdAt, updatedAt: createdAt };
}

export function taskNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such task.');
}
