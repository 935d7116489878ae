import { SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns';
import { clientOptions } from '../aws/client-options.ts';
import { noteLostAttempts } from '../aws/note-lost-attempts.ts';
import { traceCalls } from '../aws/trace-calls.ts';
import { once } from '../once.ts';

/** An SNS client of a function, with the same bounds as the DynamoDB client. */
export function createTopicClient(config: SNSClientConfig = {}): SNSClient {
  return noteLostAttempts(
    traceCalls(
      new SNSClient({
        ...clientOptions,
        ...config,
      }),
    ),
  );
}

/** The one SNS client of a process. */
export const topicClient = once(() => createTopicClient());
