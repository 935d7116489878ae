import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { savedObjectSchema } from '../s3/saved-object.ts';
import { messageSchema } from '../sqs/kept-queue.ts';

const regionalDataSchema = z.object({
  /** Items by the name of their table. */
  tables: z.record(z.string(), z.array(z.custom<JsonObject>(isJsonObject))),
  /** Messages by the name of their queue. */
  queues: z.record(z.string(), z.array(messageSchema)),
});

/** The data of an endpoint at one time, without the stacks that it belongs to. Tables and queues are those of us-east-1. */
export const snapshotSchema = regionalDataSchema.extend({
  version: z.literal(1),
  savedAt: z.string(),
  /** Of other regions. */
  regions: z.record(z.string(), regionalDataSchema).optional(),
  objects: z.array(savedObjectSchema),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
export type RegionalData = z.infer<typeof regionalDataSchema>;
