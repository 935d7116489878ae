import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { noteLostAttempts } from '../aws/note-lost-attempts.ts';
import { once } from '../once.ts';

/** An SQS client of a function, with the same bounds as the DynamoDB client. */
export function createQueueClient(config: SQSClientConfig = {}): SQSClient {
  return noteLostAttempts(
    new SQSClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
      ...config,
    }),
  );
}

/** The one SQS client of a process. */
export const queueClient = once(() => createQueueClient());
