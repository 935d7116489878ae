import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { describeIssues, messageOfIssue } from '#shared/validation/describe-issues.ts';
import { text } from '#shared/validation/fields.ts';

/**
 * One address, without blanks or parts of headers. Just what the gateway's model can say and so less strict than users:
 * what was accepted with a 202 has to become a user, or a client could fill the archive with what never will.
 */
const address =
  /^(?!.*[\s\p{Cc}\p{Cs}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f"(),:;<>[\\\]])[^@]+@[^@.]+(\.[^@.]+)+$/su;

/** What a message asks for; the gateway's model in `openapi/users-async.yml` says the same. */
export const newUser = z.strictObject({
  name: text(1, 100),
  email: text(3, 254).check(z.regex(address, { error: 'must be an e-mail address' })),
});

export type NewUser = z.infer<typeof newUser>;

/** A message of the queue, whichever number of deliveries and redrives it has behind it. */
export type UserMessage = {
  /** The id that the client was given. */
  readonly messageId: string;
  /** When the client sent it. */
  readonly sentAt: Date;
  readonly body: string;
  /** Whether it went through the archive, so that a record of its failure exists. */
  readonly isRedriven: boolean;
};

/**
 * The attributes with which a redriven message carries on as the one it was: SQS gives every copy a new id and time,
 * but the client asks for the first.
 */
export const redriveAttributes = { messageId: 'originalMessageId', sentAt: 'originalSentAt' } as const;

/** Attributes of another form are nobody's redrive: with them a message could never be recorded, nor archived. */
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

/** The message will never become a user, however often it is tried. */
export class InvalidMessageError extends Error {}

/** The user in a message. @throws InvalidMessageError that says what is wrong, without the values, which are personal */
export function parseNewUser(body: string): NewUser {
  const result = newUser.safeParse(parseJson(body), { error: messageOfIssue });
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
