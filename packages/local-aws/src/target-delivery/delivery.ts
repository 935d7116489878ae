import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { retryPolicySchema } from './retry-policy.ts';

/** A message on its way from a rule or schedule to one target, as it is kept. */
export const deliverySchema = z.object({
  id: z.string(),
  targetArn: z.string(),
  /** Of the role whose rights count; without one the service calls in its own name. */
  roleArn: z.string().optional(),
  /** What the target gets. */
  payload: z.string(),
  messageGroupId: z.string().optional(),
  retryPolicy: retryPolicySchema.optional(),
  deadLetterArn: z.string().optional(),
  /** Epoch milliseconds. */
  acceptedAt: z.number(),
  dueAt: z.number(),
  attempts: z.number(),
  /** An `X-Amzn-Trace-Id` that names the span that it follows from. */
  traceHeader: z.string().optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** Why a target did not get a message. */
export type DeliveryFailure = {
  readonly error: AwsError;
  /** Which limit of the retry policy ended the attempts; undefined for an error that no retry can mend. */
  readonly exhausted: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined;
};

/** Missing permissions and targets, and messages that the target refuses, stay so at the next attempt. */
export function isPermanent({ status, code }: AwsError): boolean {
  return status < 500 && status !== 429 && !/Throttl|TooManyRequests|LimitExceeded/i.test(code);
}

export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
}
