import { exposedHeaders } from '../../http/exposed-headers.ts';
import type { Parameters } from './parameters.ts';

/** What preflight requests are answered with; shared/http/answer.ts has the headers of all other answers. */
const headers = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  // Of requests that are signed (auth=iam) and of requests with a key (apiKeyRequired).
  'X-Amz-Date',
  'X-Amz-Security-Token',
  'X-Api-Key',
  'X-Correlation-Id',
];

const maxAge = 86_400;

/** `cors` of a REST route. */
export function restCors({ corsOrigin }: Parameters): object {
  return { origin: corsOrigin, headers, maxAge };
}

/** `provider.httpApi.cors`: HTTP APIs answer preflights themselves and replace the headers of functions. */
export function httpCors({ corsOrigin }: Parameters): object {
  return {
    allowedOrigins: [corsOrigin],
    allowedHeaders: headers,
    exposedResponseHeaders: [...exposedHeaders],
    maxAge,
  };
}
