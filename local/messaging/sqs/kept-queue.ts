import * as z from 'zod';
import { keptDeduplication } from './deduplication.ts';

const attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

const keptMessage = z.object({
  message: z.object({
    id: z.string(),
    body: z.string(),
    attributes: z.record(z.string(), attribute),
    senderId: z.string(),
    traceHeader: z.string().optional(),
    groupId: z.string().optional(),
    deduplicationId: z.string().optional(),
    md5OfBody: z.string(),
    sentAt: z.number(),
    sequenceNumber: z.string().optional(),
    deadLetterSourceArn: z.string().optional(),
  }),
  receiveCount: z.number(),
  receivedHere: z.number(),
  firstReceivedAt: z.number().optional(),
  isInFlight: z.boolean(),
  visibleAt: z.number().optional(),
});
/** A message on its way through a queue, as it is kept over a restart. */
export type KeptMessage = z.infer<typeof keptMessage>;

const keptContents = z.object({
  messages: z.array(keptMessage),
  // Queues that an earlier version kept have none of these.
  sequence: z.number().default(0),
  deduplication: keptDeduplication.default([]),
});
/** What is in a queue, as it is kept over a restart. */
export type KeptContents = z.infer<typeof keptContents>;

/** All queues, as they are kept over a restart. */
export const keptQueues = z.array(
  z.object({
    identity: z.object({ name: z.string(), arn: z.string(), createdAt: z.number() }),
    attributes: z.record(z.string(), z.string()),
    tags: z.record(z.string(), z.string()),
    ...keptContents.shape,
  }),
);
