import type { Readable } from 'node:stream';
import type { AwsApi, AwsRequest, AwsResponse } from './aws-api.ts';
import { AwsError, unsupportedOperation } from './aws-error.ts';
import type { JsonObject } from './json.ts';
import { compilePath, type PathParameters } from './path-template.ts';
import { readJsonObject } from './read-json.ts';

/** Status 200 and an empty body unless told; an object is sent as JSON, text and bytes as they are. */
export type RestAnswer = {
  status?: number;
  headers?: Record<string, string>;
  body?: object | string | Buffer;
  /** In place of a body. */
  stream?: Readable;
};
/** One operation by method and path. Of two routes that fit, the first counts. `handle` may throw an AwsError. */
export type RestRoute = {
  readonly method: string;
  /** `/2015-03-31/functions/{name}`; a parameter takes one segment, `{name+}` takes the rest. */
  readonly path: string;
  readonly handle: (request: AwsRequest, parameters: PathParameters) => Promise<RestAnswer> | RestAnswer;
};

/** An AWS REST-JSON service: routes by method and path, JSON answers, errors with `x-amzn-errortype`. */
export function restJsonApi(name: string, routes: readonly RestRoute[]): AwsApi {
  const compiled = routes.map((route) => ({ ...route, match: compilePath(route.path) }));
  return async (request) => {
    try {
      for (const { method, match, handle } of compiled) {
        const parameters = method === request.method ? match(request.path) : undefined;
        if (parameters !== undefined) return restResponse(request, await handle(request, parameters));
      }
      throw unsupportedOperation(name, `${request.method} ${request.path}`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return restErrorResponse(request, error);
    }
  };
}

function restResponse(request: AwsRequest, { status = 200, headers = {}, body, stream }: RestAnswer): AwsResponse {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': request.requestId, ...headers },
    body: isRaw ? body : body === undefined ? '' : JSON.stringify(body),
    ...(stream !== undefined && { stream }),
  };
}

export function restErrorResponse(request: AwsRequest, error: AwsError): AwsResponse {
  return restResponse(request, {
    status: error.status,
    headers: { 'x-amzn-errortype': error.code },
    body: { ...error.members, message: error.message, Message: error.message },
  });
}

/** The JSON object in the body of a REST call. @throws AwsError SerializationException */
export function restBody(request: AwsRequest): JsonObject {
  return readJsonObject(request.body);
}
