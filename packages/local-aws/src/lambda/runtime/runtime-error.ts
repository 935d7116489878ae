import { types } from 'node:util';

/** An error that the runtime itself raises; its name is the `errorType` of the answer, such as `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  constructor(name: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
    if (types.isNativeError(cause) && cause.stack !== undefined) this.stack = cause.stack;
  }
}

export type ErrorShape = { errorType: string; errorMessage: string; trace: string[] };

/** What the invoker is answered when a handler throws `thrown`. */
export function errorShape(thrown: unknown): ErrorShape {
  if (!isErrorLike(thrown)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}

/** The same error as the runtime logs it: with the error's own fields. */
export function loggedError(thrown: unknown): Record<string, unknown> {
  const { trace, ...shape } = errorShape(thrown);
  return { ...shape, ...(isErrorLike(thrown) ? { ...thrown, stack: trace } : {}) };
}

/** Errors of other realms and transpiled classes count too. */
export function isErrorLike(value: unknown): value is Error {
  return (
    types.isNativeError(value) ||
    (typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value)
  );
}
