import { SNSClient } from '@aws-sdk/client-sns';
import { traceCalls } from '../aws/trace-calls.ts';
import { once } from '../once.ts';

/** The one SNS client of a process, with the same bounds as the DynamoDB client. */
export const topicClient = once(() =>
  traceCalls(
    new SNSClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
    }),
  ),
);
