import type { MiddlewareObj } from '@middy/core';
import { describeFailure } from '../errors/describe-failure.ts';
import { toAppError } from '../errors/to-app-error.ts';
import type { Service } from '../service.ts';
import { errorAnswer, type ProxyResponse, toProxyResponse } from './answer.ts';
import { requestIdsOf } from './correlation-id.ts';
import { allowedOrigin } from './cors-origin.ts';
import type { LambdaHttpEvent } from './lambda-event.ts';

/** Turns whatever was thrown into an answer. What is our fault goes to the log at ERROR and raises the alarm. */
export function answerErrors({
  logger,
}: Pick<Service<unknown>, 'logger'>): MiddlewareObj<LambdaHttpEvent, ProxyResponse> {
  return {
    onError: (request) => {
      const error = toAppError(request.error);
      if (error.status >= 500) logger.error(error.message, { code: error.code, error: loggable(error.cause ?? error) });
      const ids = requestIdsOf(request.event, request.context.awsRequestId);
      request.response = toProxyResponse(errorAnswer(error, ids.requestId), ids, allowedOrigin());
    },
  };
}

/** Errors of the SDK carry requests and items along: only what locates a defect is logged. */
function loggable(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { message: `A ${typeof thrown} was thrown` };
  const { reason, problems } = describeFailure(thrown);
  if (problems === undefined) return { name: thrown.name, message: thrown.message, stack: thrown.stack };
  // The first line of the stack repeats the issues as zod prints them.
  return { name: reason, message: problems.join('; '), stack: thrown.stack?.replace(/^[\s\S]*?(?=\n {4}at )/, reason) };
}
