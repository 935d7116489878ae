import * as z from 'zod/mini';

export const correlationHeader = 'x-correlation-id';

/** Long enough for every id in use, and nothing that could break out of a log line or a header. */
const wellFormed = /^[\w.:-]{1,128}$/;

const lambdaEvent = z.object({
  headers: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  requestContext: z.optional(z.nullable(z.object({ requestId: z.optional(z.string()) }))),
});

/** What ties the log lines of one request together across services. */
export type RequestIds = {
  /** API Gateway's id of this request, or Lambda's when the function was invoked directly. */
  readonly requestId: string;
  /** The client's `x-correlation-id` when it is well-formed, else the request id. */
  readonly correlationId: string;
};

/** Never throws: every answer, also to an event that makes no sense, carries these ids. */
export function requestIdsOf(event: unknown, awsRequestId: string): RequestIds {
  const { data } = lambdaEvent.safeParse(event);
  const requestId = data?.requestContext?.requestId ?? awsRequestId;
  const sent = data?.headers?.[correlationHeader];
  return { requestId, correlationId: typeof sent === 'string' && wellFormed.test(sent) ? sent : requestId };
}
