import type { Handler } from './load-handler.ts';
import { RuntimeError } from './runtime-error.ts';

let onEmptyLoop: (() => void) | undefined;

/**
 * Calls a handler by the rules of nodejs20.x and nodejs22.x
 * (source: CallbackContext.js and Runtime.js of aws/aws-lambda-nodejs-runtime-interface-client 3.3):
 *
 * - Every handler gets a callback and a context with `succeed`, `fail` and `done`. The first call of any of them counts.
 * - What a handler returns counts only when it is a promise.
 * - The callback answers once the event loop is empty, unless `callbackWaitsForEmptyEventLoop` is false.
 * - When the loop is empty and there is no answer, an async handler failed and any other answered null.
 */
export function callWithCallback(handler: Handler, event: unknown, contextData: object): Promise<unknown> {
  const answer = Promise.withResolvers<unknown>();
  let waits = true;
  let isFinished = false;
  const onFirst =
    <Parameters extends unknown[]>(call: (...parameters: Parameters) => void) =>
    (...parameters: Parameters): void => {
      if (isFinished) return;
      isFinished = true;
      onEmptyLoop = undefined;
      call(...parameters);
    };

  const done = (error: unknown, result?: unknown): void => {
    if (error === undefined || error === null) answer.resolve(result);
    else answer.reject(error);
  };
  const callback = onFirst((error: unknown, result?: unknown) => {
    if ((error !== undefined && error !== null) || !waits) done(error, result);
    else onEmptyLoop = () => void setImmediate(() => answer.resolve(result));
  });
  const succeed = onFirst((result: unknown) => answer.resolve(result));
  const fail = onFirst((error: unknown) => answer.reject(error ?? 'handled'));
  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waits;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waits = value;
    },
    succeed,
    fail,
    done: onFirst(done),
  };

  onEmptyLoop = onFirst(() => {
    if (isAsync(handler)) answer.reject(nodeJsExit());
    else answer.resolve(null);
  });
  try {
    const returned = handler(event, Object.assign(context, contextData), callback);
    if (isThenable(returned)) returned.then(succeed, fail);
  } catch (error) {
    callback(error);
  }
  return answer.promise;
}

/** Answers the invocation for which an empty event loop is an answer. @returns whether there was one */
export function answerOnEmptyLoop(): boolean {
  if (onEmptyLoop === undefined) return false;
  onEmptyLoop();
  return true;
}

/** The runtimes of today announce that callbacks end with nodejs24.x. */
export function warnOfCallback(handler: Handler): void {
  // biome-ignore lint/style/noProcessEnv: AWS's own switch
  if (handler.length !== 3 || isAsync(handler) || process.env.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING !== undefined)
    return;
  // biome-ignore lint/suspicious/noConsole: the log of the function
  console.warn(
    'AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.',
  );
}

function isAsync(handler: Handler): boolean {
  return handler.constructor?.name === 'AsyncFunction';
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function nodeJsExit(): RuntimeError {
  return new RuntimeError(
    'Runtime.NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  );
}
