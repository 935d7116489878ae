import type { EnvironmentSettings, InvocationHeader } from './messages.ts';

const { parse } = JSON;

/** The context object of a handler, without the members that belong to callbacks. */
export function invocationContext(settings: EnvironmentSettings, invocation: InvocationHeader): object {
  const start = standstill();
  const deadline = Date.now() + invocation.timeoutMs;
  return {
    ...settings.context,
    clientContext: invocation.clientContext === undefined ? undefined : parse(invocation.clientContext),
    identity: undefined,
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => deadline + standstill() - start - Date.now(),
  };
}

/** How many milliseconds this process has stood still at breakpoints, which the endpoint sets. */
function standstill(): number {
  const value: unknown = Reflect.get(globalThis, Symbol.for('local-aws.standstill'));
  return typeof value === 'number' ? value : 0;
}
