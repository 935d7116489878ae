import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { ApiResponse } from '../../core/web.ts';

const contentType = ['content-type', 'application/json'] as const;

/** The function failed, or its answer is none of HTTP: Lambda says no more than this. */
export const badGateway: ApiResponse = {
  status: 502,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'Internal Server Error',
};

/** The request lacks a signature or a permission, or the function or alias of the URL is gone. */
export const forbidden: ApiResponse = {
  status: 403,
  headers: [['x-amzn-errortype', 'AccessDeniedException'], contentType],
  body: '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}',
};

export function tooLarge(message: string): ApiResponse {
  return {
    status: 413,
    headers: [['x-amzn-errortype', 'RequestTooLargeException'], contentType],
    body: JSON.stringify({ Message: message }),
  };
}

export const throttled: ApiResponse = {
  status: 429,
  headers: [['x-amzn-errortype', 'TooManyRequestsException'], contentType],
  body: '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
};

/** Headers that describe the connection to the client, which no function decides. */
const ownHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

/** What goes on the wire. Headers that cannot go there are the function's failure. */
export function finish(answer: ApiResponse, added: ApiResponse['headers']): ApiResponse {
  if (!areValid(answer.headers)) {
    answer.stream?.destroy();
    return finish(badGateway, added);
  }
  const headers = [...answer.headers.filter(([name]) => !ownHeaders.has(name)), ...added];
  if (answer.stream !== undefined) return { ...answer, headers };
  if (answer.status === 204 || answer.status === 304) return { status: answer.status, headers, body: '' };
  return { ...answer, headers: [...headers, ['content-length', String(Buffer.byteLength(answer.body))]] };
}

function areValid(headers: ApiResponse['headers']): boolean {
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}
