import type { AppError } from '../errors/app-error.ts';
import { correlationHeader, type RequestIds } from './correlation-id.ts';
import { type AnswerHeader, exposedHeaders } from './exposed-headers.ts';

/** Names in lower case. */
export type AnswerHeaders = { readonly [Name in AnswerHeader]?: string };

/** What a handler returns; the stack makes the proxy response of it. */
export type Answer = {
  readonly status: number;
  readonly headers?: AnswerHeaders;
  /** Sent as JSON; no body when undefined. */
  readonly body?: unknown;
};

/** The response of a Lambda proxy integration, valid for payload 1.0 and 2.0. */
export type ProxyResponse = { statusCode: number; headers: Record<string, string>; body: string };

/** The one error body of the system; API Gateway's own responses (shared/serverless/plugin/gateway-responses.ts) have the same shape. */
type ErrorBody = Pick<AppError, 'message' | 'code'> & {
  readonly requestId: string;
  readonly details?: AppError['details'];
};

export function errorAnswer(error: AppError, requestId: string): Answer {
  const body: ErrorBody = {
    message: error.message,
    code: error.code,
    requestId,
    ...(error.details && { details: error.details }),
  };
  return {
    status: error.status,
    headers: error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) },
    body,
  };
}

/** Renders an answer with the headers that every answer has: ids, CORS, and what keeps it out of caches and frames. */
export function toProxyResponse(answer: Answer, { correlationId }: RequestIds, allowedOrigin: string): ProxyResponse {
  return {
    statusCode: answer.status,
    headers: {
      ...(answer.body !== undefined && { 'content-type': 'application/json' }),
      ...corsHeaders(allowedOrigin),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      [correlationHeader]: correlationId,
      ...answer.headers,
    },
    body: answer.body === undefined ? '' : JSON.stringify(answer.body),
  };
}

function corsHeaders(allowedOrigin: string): Record<string, string> {
  return {
    'access-control-allow-origin': allowedOrigin,
    'access-control-expose-headers': exposedHeaders.join(', '),
    // One fixed origin is answered to everybody, but a cache must not keep it for a stage that allows another.
    ...(allowedOrigin !== '*' && { vary: 'Origin' }),
  };
}
