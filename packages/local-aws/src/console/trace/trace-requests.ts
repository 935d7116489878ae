import type { Clock } from '../../core/clock.ts';
import type { ApiFrontend, ApiRequest, ApiResponse } from '../../core/web.ts';
import { causeInHeader, newTraceId, rootHeader } from './trace-ids.ts';
import type { Tracer } from './tracer.ts';

const traceHeader = 'x-amzn-trace-id';

type Ports = {
  readonly clock: Pick<Clock, 'now'>;
  readonly stagesOf: (apiId: string) => readonly string[] | undefined;
};

/** A span for every request to a deployed API. A client that sends `X-Amzn-Trace-Id` chooses the trace. */
export function traceRequests(tracer: Tracer, frontend: ApiFrontend, { clock, stagesOf }: Ports): ApiFrontend {
  return {
    has: (apiId) => frontend.has(apiId),
    execute: (request) => {
      const cause = causeInHeader(headerOf(request, traceHeader)) ?? {
        traceId: newTraceId(clock.now()),
        spanId: undefined,
      };
      return tracer.span(
        () => ({
          kind: 'request',
          service: 'apigateway',
          resource: request.apiId,
          operation: `${request.method} ${pathInStage(request, stagesOf)}`,
          input: request.body,
          attributes: {
            apiId: request.apiId,
            ...(request.stage !== undefined && { stage: request.stage }),
            method: request.method,
            path: request.path,
            query: request.rawQuery,
            host: request.host,
            requestHeaders: request.headers,
          },
          causes: [cause],
        }),
        async (span) => {
          tracer.keep(request);
          const response = await frontend.execute(withRoot(request, cause.traceId));
          span.report({
            output: response.body,
            requestId: headerOf(response, 'x-amzn-requestid') ?? headerOf(response, 'apigw-requestid'),
            status: response.status < 500 ? 'ok' : 'error',
            attributes: { httpStatus: response.status, responseHeaders: response.headers },
            ...(response.status >= 400 && { error: errorOf(response) }),
          });
          return response;
        },
      );
    },
  };
}

/** In some forms of the address the stage is the first segment of the path. */
function pathInStage({ apiId, stage, path }: ApiRequest, stagesOf: Ports['stagesOf']): string {
  const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  const hasStage = stage === undefined && stagesOf(apiId)?.includes(first) === true;
  return hasStage ? rest || '/' : path;
}

/** API Gateway makes the header where a client sends none; this one names the trace that the console shows. */
function withRoot(request: ApiRequest, traceId: string): ApiRequest {
  if (headerOf(request, traceHeader) !== undefined) return request;
  return { ...request, headers: [...request.headers, ['X-Amzn-Trace-Id', rootHeader(traceId)]] };
}

function headerOf({ headers }: Pick<ApiRequest | ApiResponse, 'headers'>, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

function errorOf({ status, body }: ApiResponse): { type: string; message: string } {
  const [, message = ''] = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body.toString().slice(0, 4096)) ?? [];
  return { type: `HTTP ${status}`, message };
}
