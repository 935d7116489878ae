import { SQSClient } from '@aws-sdk/client-sqs';
import { once } from '../once.ts';

/** The one SQS client of a process, with the same bounds as the DynamoDB client. */
export const queueClient = once(
  () =>
    new SQSClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
    }),
);
