import type { MiddlewareObj } from '@middy/core';

/** As much of a proxy event as the stack touches before it is read as a whole. */
export type LambdaHttpEvent = {
  headers?: Record<string, unknown> | null;
  body?: unknown;
  isBase64Encoded?: boolean;
  [field: string]: unknown;
};

/** REST APIs hand headers over in the case the client used; HTTP names are the same in any. */
export function lowerCaseHeaders(): MiddlewareObj<LambdaHttpEvent> {
  return {
    before: ({ event }) => {
      const headers = Object.entries(event.headers ?? {});
      event.headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
    },
  };
}
