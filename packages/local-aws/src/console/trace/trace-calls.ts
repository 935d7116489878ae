import { defaultRegion } from '../../core/arn.ts';
import type { AwsApi, AwsRequest, AwsResponse } from '../../core/aws-api.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Cause, SpanReport } from '../../core/observer.ts';
import { parseJson } from '../../core/parse-json.ts';
import { type Call, describeCall } from './describe-call.ts';
import { causeInHeader } from './trace-ids.ts';
import type { Tracer } from './tracer.ts';

/** Calls that begin a trace when a client makes them: those that the rest of the system follows from. */
const entries: Readonly<Record<string, RegExp>> = {
  dynamodb: /^(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems|Execute\w+|BatchExecute\w+)$/,
  events: /^PutEvents$/,
  lambda: /^Invoke(WithResponseStream)?$/,
  sns: /^Publish/,
  sqs: /^(SendMessage|StartMessageMoveTask)/,
};
const tableWrite = /^(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)$/;

/** Spans for the calls of an API that are a part of something. Polls and deployments are not. */
export function traceCalls(tracer: Tracer, api: AwsApi): AwsApi {
  return (request) => (tracer.current === undefined ? api(request) : traced(tracer, api, request));
}

/** The door for clients: joins the trace that a function names in its call, and begins one where a client does something. */
export function traceClients(tracer: Tracer, api: AwsApi): AwsApi {
  return (request) => {
    const cause = causeInHeader(request.headers['x-amzn-trace-id']);
    const call = describeCall(request);
    const isEntry = entries[call.service]?.test(call.operation) ?? false;
    if (cause?.spanId === undefined && !isEntry) return api(request);
    return traced(tracer, api, request, cause === undefined ? [] : [cause], call);
  };
}

/** A span of a call in the trace of `causes`, or in that of the span that runs now. */
export function traced(
  tracer: Tracer,
  api: AwsApi,
  request: AwsRequest,
  causes?: readonly Cause[],
  call: Call = describeCall(request),
): Promise<AwsResponse> {
  return tracer.span(
    () => ({
      kind: 'call',
      ...call,
      input: request.body,
      requestId: request.requestId,
      attributes: {
        principal: request.principal.kind === 'service' ? request.principal.service : request.principal.arn,
        ...(call.service === 's3' || request.headers['x-amz-target'] === undefined
          ? { method: request.method, path: request.path, query: request.query.toString() }
          : {}),
        ...(request.region !== defaultRegion && { region: request.region }),
      },
      ...(causes !== undefined && { causes }),
    }),
    async (span) => {
      const { current } = tracer;
      tracer.keep(request);
      const write =
        call.service === 'dynamodb' && current !== undefined && tableWrite.test(call.operation)
          ? tracer.writes.begin(call.operation, request.body, current.cause)
          : undefined;
      const response = await api(request).catch((error: unknown) => {
        if (write !== undefined) tracer.writes.end(write, false);
        throw error;
      });
      if (write !== undefined) tracer.writes.end(write, response.status < 300);
      span.report(reportOf(response));
      return response;
    },
  );
}

function reportOf({ status, headers, body }: AwsResponse): SpanReport {
  const report = { output: body, attributes: { httpStatus: status } };
  if (status < 400) return report;
  return { ...report, status: 'error', error: errorIn(headers, body) };
}

/** The code and message of an error, in whichever protocol. */
function errorIn(headers: AwsResponse['headers'], body: AwsResponse['body']): NonNullable<SpanReport['error']> {
  const text = body.toString().slice(0, 16_384);
  const parsed = parseJson(text);
  if (isJsonObject(parsed)) {
    const type = String(parsed.__type ?? headers['x-amzn-errortype'] ?? parsed.code ?? 'Error');
    const message = String(parsed.message ?? parsed.Message ?? parsed.errorMessage ?? '');
    return { type: type.split('#').at(-1) ?? type, message };
  }
  const [, type = 'Error'] = /<Code>([^<]*)<\/Code>/.exec(text) ?? [];
  const [, message = ''] = /<Message>([^<]*)<\/Message>/.exec(text) ?? [];
  return { type, message };
}
