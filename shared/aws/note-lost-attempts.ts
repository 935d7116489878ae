import { markLostAttempt, outcomeOf } from './call-outcome.ts';

type Middleware = <Args, Output>(
  next: (args: Args) => Promise<Output>,
  context: object,
) => (args: Args) => Promise<Output>;

type RetryingClient = {
  readonly middlewareStack: {
    add(middleware: Middleware, options: { readonly step: 'initialize'; readonly name: string }): void;
    add(
      middleware: Middleware,
      options: { readonly step: 'finalizeRequest'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
};

/**
 * Makes an AWS SDK client remember of a call that one of its attempts may have had its effect. The SDK throws the failure
 * of the last attempt only: a call whose first attempt was done and timed out can end in a throttling.
 */
export function noteLostAttempts<C extends RetryingClient>(client: C): C {
  /** The calls in progress with such an attempt. A call has one context for all its attempts. */
  const calls = new WeakSet<object>();
  const noteAttempt: Middleware = (next, context) => async (args) => {
    try {
      return await next(args);
    } catch (error) {
      if (outcomeOf(error) === 'unknown') calls.add(context);
      throw error;
    }
  };
  const markFailure: Middleware = (next, context) => async (args) => {
    try {
      return await next(args);
    } catch (error) {
      if (calls.has(context)) markLostAttempt(error);
      throw error;
    }
  };
  // After the SDK's retries, which have a high priority, so once for each attempt.
  client.middlewareStack.add(noteAttempt, { step: 'finalizeRequest', priority: 'low', name: 'noteLostAttempts' });
  client.middlewareStack.add(markFailure, { step: 'initialize', name: 'markLostAttempts' });
  return client;
}
