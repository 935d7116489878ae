import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { clientOptions } from '../aws/client-options.ts';
import { noteLostAttempts } from '../aws/note-lost-attempts.ts';
import { once } from '../once.ts';

/** An SQS client of a function, with the same bounds as the DynamoDB client. */
export function createQueueClient(config: SQSClientConfig = {}): SQSClient {
  return noteLostAttempts(
    new SQSClient({
      ...clientOptions,
      ...config,
    }),
  );
}

/** The one SQS client of a process. */
export const queueClient = once(() => createQueueClient());
