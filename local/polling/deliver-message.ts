import type { Principal } from '../core/principal.ts';

/** Sends a message to a queue or topic with the rights of a role. The composition root provides it. */
export type DeliverMessage = (message: {
  /** Of an SQS queue or an SNS topic. */
  readonly destinationArn: string;
  readonly body: string;
  /** Of a message to a topic. */
  readonly subject?: string;
  /** String message attributes. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly principal: Principal;
}) => Promise<void>;
