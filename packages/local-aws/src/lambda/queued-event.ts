import * as z from 'zod';

const conditions = ['Success', 'RetriesExhausted', 'EventAgeExceeded'] as const;

/** What a run of an asynchronous invocation came to. */
const outcomeSchema = z.object({
  statusCode: z.number(),
  functionError: z.string().optional(),
  /** JSON text. */
  payload: z.string(),
});
export type RunOutcome = Readonly<z.infer<typeof outcomeSchema>>;

/** An asynchronous invocation, from its acceptance until destination and dead-letter queue have been told. */
export const queuedEventSchema = z.object({
  name: z.string(),
  qualifier: z.string().optional(),
  run: z.object({
    requestId: z.string(),
    payload: z.string(),
    traceId: z.string(),
    clientContext: z.string().optional(),
    source: z.string().optional(),
  }),
  acceptedAt: z.number(),
  /** How often the function ran. */
  attempts: z.number(),
  throttles: z.number(),
  /** When to run it next. */
  dueAt: z.number(),
  /** Set once it will not run again: only its result has to be delivered. */
  result: z.object({ condition: z.enum(conditions), outcome: outcomeSchema.optional() }).optional(),
});
export type QueuedEvent = z.infer<typeof queuedEventSchema>;
export type EventResult = NonNullable<QueuedEvent['result']>;
