import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { clientOptions } from '#shared/aws/client-options.ts';
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
        ...clientOptions,
        maxAttempts: 2,
        requestHandler: { ...clientOptions.requestHandler, requestTimeout: 4000 },
        ...config,
      }),
    ),
  );
}
