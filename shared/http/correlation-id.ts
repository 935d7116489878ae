import type { LambdaHttpEvent } from './lambda-event.ts';

export const correlationHeader = 'x-correlation-id';

/** Long enough for every id in use, those of HTTP APIs in base64 too, and nothing that breaks out of a log line or header. */
const wellFormed = /^[\w.:+/=-]{1,128}$/;

/** What ties the log lines of one request together across services. */
export type RequestIds = {
  /** API Gateway's id of this request, or Lambda's when the function was invoked directly. */
  readonly requestId: string;
  /** The client's `x-correlation-id` when it is well-formed, else the request id. */
  readonly correlationId: string;
};

export function requestIdsOf(event: LambdaHttpEvent, awsRequestId: string): RequestIds {
  const requestId = event.requestContext?.requestId ?? awsRequestId;
  const sent = event.headers?.[correlationHeader];
  return { requestId, correlationId: sent !== undefined && wellFormed.test(sent) ? sent : requestId };
}
