import type { Context } from 'aws-lambda';

/** The context of an invocation that Lambda would give `remainingMs`. */
export function lambdaContext({ remainingMs = 10_000 } = {}): Context {
  return {
    awsRequestId: '6c1f0d7e-0000-4000-8000-00000000c0de',
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
    logGroupName: '/aws/lambda/test',
    logStreamName: 'test',
    memoryLimitInMB: '512',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => remainingMs,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
