import type { Writable } from 'node:stream';
import type { Principal } from './principal.ts';

/**
 * Takes the response of a function that streams it, from the first chunk on. The caller ends the stream when the invocation
 * is over.
 */
export type OpenStream = (contentType: string) => Writable;

/** One invocation as its caller asks for it. */
export type InvokeRequest = {
  /** A name, partial ARN or ARN, with or without a qualifier. */
  readonly functionName: string;
  readonly type: 'RequestResponse' | 'Event' | 'DryRun';
  /** JSON text. */
  readonly payload: string | Buffer;
  /** Whose permission counts: an identity policy for a role, the function's resource policy for a service. */
  readonly principal: Principal;
  /** The ARN of what led to it, where that is not the principal: the source of a mapping or a pipe. */
  readonly source?: string;
  /** Base64 JSON, as in `X-Amz-Client-Context`. */
  readonly clientContext?: string;
  /** An `X-Amzn-Trace-Id` to go on with. */
  readonly traceId?: string;
  /** Where a streamed response goes, as for InvokeWithResponseStream; by default it is the payload of the result. */
  readonly onStream?: OpenStream | undefined;
};

/** What Invoke answers: 200 once the function ran, even if it failed, 202 once queued, 204 for a dry run. */
export type InvokeResult = {
  readonly statusCode: 200 | 202 | 204;
  readonly requestId: string;
  /** The function's answer, or the error object when `functionError` is set; empty for 202 and 204. */
  readonly payload: Buffer;
  readonly functionError?: 'Unhandled' | 'Handled';
  readonly executedVersion: string;
  /** The last 4 KB of the invocation's log. */
  readonly logTail: string;
};

/**
 * Invokes functions for API Gateway, event source mappings and pipes.
 * @throws AwsError when the call itself fails: unknown function, throttled, access denied
 */
export type LambdaInvoker = { invoke(request: InvokeRequest): Promise<InvokeResult> };
