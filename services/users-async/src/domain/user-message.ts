import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { describeIssues } from '#shared/validation/describe-issues.ts';
import { text } from '#shared/validation/fields.ts';

/**
 * One address, without blanks or parts of headers. It accepts what the gateway's model accepts, and so more than the
 * users service: a request that was answered 202 must become a user, or clients could fill the archive queue.
 */
const address =
  /^(?!.*[\s\p{Cc}\p{Cs}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f"(),:;<>[\\\]])[^@]+@[^@.]+(\.[^@.]+)+$/su;

/** The body of a message, the same as the gateway's model in `openapi/users-async.yml`. */
export const newUser = z.strictObject({
  name: text(1, 100),
  email: text(3, 254).check(z.regex(address, { error: 'must be an e-mail address' })),
});

export type NewUser = z.infer<typeof newUser>;

/** A message of the queue, after any number of deliveries and redrives. */
export type UserMessage = {
  /** The id in the answer to the client. */
  readonly messageId: string;
  /** When the client sent it. */
  readonly sentAt: Date;
  readonly body: string;
  /** Whether it comes from the archive queue, so that a record of its failure exists. */
  readonly isRedriven: boolean;
};

/**
 * The attributes that keep the identity of a redriven message: SQS gives each copy a new id and time, but the client
 * asks for the first id.
 */
export const redriveAttributes = { messageId: 'originalMessageId', sentAt: 'originalSentAt' } as const;

/** A message whose attributes have another form counts as new: with them it could be neither recorded nor archived. */
const redriven = z.object({
  [redriveAttributes.messageId]: z.object({ stringValue: z.uuid() }),
  [redriveAttributes.sentAt]: z.optional(z.object({ stringValue: z.string().check(z.regex(/^\d{1,15}$/)) })),
});

export function readUserMessage(record: SQSRecord): UserMessage {
  const original = redriven.safeParse(record.messageAttributes).data;
  return {
    messageId: original?.originalMessageId.stringValue ?? record.messageId,
    sentAt: new Date(Number(original?.originalSentAt?.stringValue ?? record.attributes.SentTimestamp)),
    body: record.body,
    isRedriven: original !== undefined,
  };
}

/** The message can never become a user. */
export class InvalidMessageError extends Error {}

/** Parses the user in a message. @throws InvalidMessageError that names the problems without the personal values */
export function parseNewUser(body: string): NewUser {
  const result = newUser.safeParse(parseJson(body));
  if (result.success) return result.data;
  const problems = describeIssues(result.error).map(({ path, message }) => `${path || 'body'} ${message}`);
  throw new InvalidMessageError(problems.join('; ').slice(0, 500));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InvalidMessageError('body must be well-formed JSON');
  }
}
