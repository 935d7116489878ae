import * as z from 'zod/mini';
import { instant, text, uuid } from '#shared/validation/fields.ts';

const title = text(1, 100);
const detail = z.optional(text(0, 1000));
const dueAt = z.optional(instant);

/** What a client sends to create a task. */
export const newTask = z.strictObject({ title, detail, dueAt, isComplete: z._default(z.boolean(), false) });
export type NewTask = z.infer<typeof newTask>;

/** What a client sends to replace what can change of a task; `detail` and `dueAt` go when they are absent. */
export const taskContent = z.strictObject({ title, detail, dueAt, isComplete: z.boolean() });
export type TaskContent = z.infer<typeof taskContent>;

/** A task as it is answered. Times are ISO 8601 in UTC. */
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
