import { isNativeError } from 'node:util/types';

// Runs before each test file, in the context that jest makes for it.

// Keeps the log lines and the metrics of functions out of the output: their loggers read this when they are made.
Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });

// Errors of Node itself, such as ECONNRESET, are made outside of that context with another `Error`.
const isInstance = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, thrown: unknown) {
    return (
      isInstance.call(this, thrown) || (this === Error && (isNativeError(thrown) || thrown instanceof DOMException))
    );
  },
});
