import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { outcomeUnknown } from '../errors/app-error.ts';
import { onlyFor } from '../invalid-event.ts';
import { type Observability, type Service, type Wired, wire } from '../service.ts';
import { type Answer, type ProxyResponse, toProxyResponse } from './answer.ts';
import { answerErrors } from './answer-errors.ts';
import { checkCaller } from './check-caller.ts';
import { type RequestIds, requestIdsOf } from './correlation-id.ts';
import { allowedOrigin } from './cors-origin.ts';
import { type HttpEvent, readHttpEvent } from './http-event.ts';
import { jsonBody } from './json-body.ts';
import { isRequest, type LambdaHttpEvent, lowerCaseHeaders } from './lambda-event.ts';
import { observeRequests } from './observe-requests.ts';
import { type RequestParts, type RequestSchemas, requestParser } from './parse-request.ts';

/** What a handler gets besides the parsed parts of the request. */
export type RequestContext = Pick<HttpEvent, 'path' | 'caller'> &
  RequestIds &
  Observability & {
    readonly now: Date;
    /** Milliseconds until Lambda stops this invocation. */
    readonly remainingTime: () => number;
  };

/** The Lambda function of one operation. nodejs24.x refuses handlers that declare a callback. */
export type HttpFunction = (event: LambdaHttpEvent, context: Context) => Promise<ProxyResponse>;

/**
 * Every HTTP operation of every service: `export const handler = httpHandler(service, { path, query, headers, body }, run)`.
 *
 * `run` gets the parsed parts of the request, the service's dependencies and the context, with logger and metrics; it
 * returns an `Answer` or throws an `AppError`. Around it: 400 with all problems as `details`, unknown fields and parameters
 * refused, 413, 415, one error body, CORS, correlation id, log and metrics. Works for REST APIs and for HTTP APIs
 * (payload 2.0).
 */
export function httpHandler<Dependencies, S extends RequestSchemas>(
  service: Service<Dependencies>,
  schemas: S,
  run: (request: RequestParts<S>, dependencies: Dependencies, context: RequestContext) => Promise<Answer>,
): Wired<HttpFunction, Dependencies> {
  const parse = requestParser(schemas);
  return wire(service, (dependencies) => {
    const stack = middy<LambdaHttpEvent, ProxyResponse>({ timeoutEarlyInMillis, timeoutEarlyResponse });
    stack.use(lowerCaseHeaders());
    stack.use(observeRequests(service));
    stack.use(answerErrors(service));
    if (schemas.body !== undefined) stack.use(jsonBody());
    const answer = stack.handler(async (event: LambdaHttpEvent, lambda: Context) => {
      const http = readHttpEvent(event);
      const now = new Date();
      checkCaller(http.caller, now);
      const ids = requestIdsOf(event, lambda.awsRequestId);
      const { logger, metrics } = service;
      const result = await run(parse(http), dependencies(), {
        ...ids,
        logger,
        metrics,
        path: http.path,
        caller: http.caller,
        now,
        remainingTime: () => lambda.getRemainingTimeInMillis(),
      });
      return toProxyResponse(result, ids, allowedOrigin());
    });
    return onlyFor('a request of an API', isRequest, answer);
  });
}

/** Time to answer before Lambda kills the process, which the client would see as a 502 without the error body. */
const timeoutEarlyInMillis = 100;

function timeoutEarlyResponse(): never {
  throw outcomeUnknown();
}
