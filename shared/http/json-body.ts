import type { MiddlewareObj } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import * as z from 'zod/mini';
import { AppError, invalidRequest } from '../errors/app-error.ts';
import { markInexactNumbers } from '../validation/exact-number.ts';
import type { LambdaHttpEvent } from './lambda-event.ts';

/** Ours are small documents; API Gateway would let 10 MB through and Lambda 6. */
const maxBodyBytes = 64 * 1024;

/**
 * Replaces the text of the body by what it says as JSON; numbers that would be rounded become `inexactNumber`. Expects
 * header names in lower case.
 */
export function jsonBody() {
  return [limitBody, keepText, httpJsonBodyParser(), markNumbers, explainBodyErrors];
}

const limitBody: MiddlewareObj<LambdaHttpEvent> = {
  before: ({ event: { body, isBase64Encoded } }) => {
    const bytes = typeof body === 'string' ? Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8') : 0;
    if (bytes > maxBodyBytes) {
      throw new AppError('REQUEST_TOO_LARGE', `The body must be at most ${maxBodyBytes} bytes.`);
    }
  },
};

/** The texts of the bodies that are being parsed: the parser hides those of numbers from its reviver. */
const texts = new WeakMap<LambdaHttpEvent, string>();

const keepText: MiddlewareObj<LambdaHttpEvent> = {
  before: ({ event }) => {
    const { body, isBase64Encoded } = event;
    if (typeof body === 'string') texts.set(event, isBase64Encoded ? Buffer.from(body, 'base64').toString() : body);
  },
};

const markNumbers: MiddlewareObj<LambdaHttpEvent> = {
  before: ({ event }) => {
    event.body = markInexactNumbers(texts.get(event) ?? '', event.body);
  },
};

const parserError = z.object({
  statusCode: z.number(),
  cause: z.object({ package: z.literal('@middy/http-json-body-parser') }),
});

const explainBodyErrors: MiddlewareObj<LambdaHttpEvent> = {
  onError: (request) => {
    const parsed = parserError.safeParse(request.error);
    if (!parsed.success) return;
    request.error =
      parsed.data.statusCode === 415
        ? new AppError('UNSUPPORTED_MEDIA_TYPE', 'The body must be sent as Content-Type: application/json.')
        : invalidRequest([{ path: 'body', message: 'must be well-formed JSON' }]);
  },
};
