import type { Principal } from './principal.ts';

/** Sends a message to a queue, topic or function with the rights of a role. The composition root provides it. */
export type DeliverMessage = (message: {
  /** Of an SQS queue, an SNS topic or a function. */
  readonly destinationArn: string;
  readonly body: string;
  /** Of a message to a topic. */
  readonly subject?: string;
  /** Message attributes of the types String and Number. */
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly principal: Principal;
}) => Promise<void>;
