import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { savedObjectSchema } from '../s3/saved-object.ts';
import { messageSchema } from '../sqs/kept-queue.ts';

/** The data of an endpoint at one time, without the stacks that it belongs to. */
export const snapshotSchema = z.object({
  version: z.literal(1),
  savedAt: z.string(),
  /** Items by the name of their table. */
  tables: z.record(z.string(), z.array(z.custom<JsonObject>(isJsonObject))),
  /** Messages by the name of their queue. */
  queues: z.record(z.string(), z.array(messageSchema)),
  objects: z.array(savedObjectSchema),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
