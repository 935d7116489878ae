import type { correlationHeader } from './correlation-id.ts';

/**
 * The headers of answers that pages of other origins may read, besides those of the CORS safelist. The preflights of HTTP
 * APIs have the same list.
 */
export const exposedHeaders = ['ETag', 'Link', 'Location', 'Retry-After', 'X-Correlation-Id'] as const;

/** The headers that a handler may set, so that none is missing in the list. `Cache-Control` is on the safelist. */
export type AnswerHeader =
  | Exclude<Lowercase<(typeof exposedHeaders)[number]>, typeof correlationHeader>
  | 'cache-control';
