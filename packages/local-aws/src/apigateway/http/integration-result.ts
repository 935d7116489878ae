import type { IntegrationAnswer } from './exchange.ts';

export type IntegrationResult =
  | {
      readonly kind: 'answer';
      readonly answer: IntegrationAnswer;
      /** Of the service behind, when it has one. */
      readonly requestId: string | undefined;
    }
  /** The client sees the status and AWS's text for it; the message is for the access log. */
  | { readonly kind: 'failed'; readonly status: 413 | 500 | 503 | 504; readonly message: string };

export function failed(status: 413 | 500 | 503 | 504, message: string): IntegrationResult {
  return { kind: 'failed', status, message };
}
