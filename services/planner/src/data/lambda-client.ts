import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { noteLostAttempts } from '#shared/aws/note-lost-attempts.ts';
import { traceCalls } from '#shared/aws/trace-calls.ts';

/**
 * Two attempts of 4 s at most: the second one ends within the planner's own 10 s. A retry is safe because listing has no
 * effect.
 */
export function createLambdaClient(config: LambdaClientConfig = {}): LambdaClient {
  return noteLostAttempts(
    traceCalls(
      new LambdaClient({
        maxAttempts: 2,
        requestHandler: { connectionTimeout: 500, requestTimeout: 4000, throwOnRequestTimeout: true },
        ...config,
      }),
    ),
  );
}
