import type { Readable } from 'node:stream';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { compilePath, type PathParameters } from '../core/path-template.ts';
import { readJsonObject } from '../core/read-json.ts';

/** Every path of the control API begins with it. */
export const controlPrefix = '/_local/api/';

export type ControlRequest = {
  readonly method: string;
  /** Percent-encoding kept. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** Status 200 by default. An object is sent as JSON; text, bytes and streams are sent as they are. */
export type ControlAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string | Buffer | Readable;
};

/** One operation of the control API. `handle` may throw an AwsError, which is answered with its status. */
export type ControlRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The whole path, such as `/_local/api/queues/{name}`. */
  readonly path: string;
  readonly handle: (request: ControlRequest, parameters: PathParameters) => ControlAnswer | Promise<ControlAnswer>;
};

export type ControlApi = (request: ControlRequest) => Promise<ControlAnswer>;

/** Serves `routes`: of two that match, the first one. The edge has already refused web pages of other origins. */
export function controlApi(routes: readonly ControlRoute[]): ControlApi {
  const compiled = routes.map((route) => ({ ...route, match: compilePath(route.path) }));
  return async (request) => {
    try {
      const matching = compiled.flatMap(({ match, ...route }) => {
        const parameters = match(request.path);
        return parameters === undefined ? [] : [{ ...route, parameters }];
      });
      const route = matching.find(({ method }) => method === request.method);
      if (route === undefined) return unmatched(request, matching);
      requireJson(request);
      return await route.handle(request, route.parameters);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { status: error.status, body: { message: error.message, code: error.code } };
    }
  };
}

/**
 * The input in the JSON body of a request; an empty body is an empty object.
 * @throws AwsError ValidationException, SerializationException
 */
export function controlInput<T>(schema: z.ZodType<T>, { body }: ControlRequest): T {
  const parsed = schema.safeParse(readJsonObject(body));
  if (parsed.success) return parsed.data;
  throw new AwsError('ValidationException', z.prettifyError(parsed.error));
}

function unmatched({ method, path }: ControlRequest, matching: readonly ControlRoute[]): ControlAnswer {
  if (matching.length === 0) return { status: 404, body: { message: `There is no ${path}.`, code: 'NotFound' } };
  const allow = [...new Set(matching.map((route) => route.method))].join(', ');
  return {
    status: 405,
    headers: { allow },
    body: { message: `${path} does not take ${method}, but ${allow}.`, code: 'MethodNotAllowed' },
  };
}

/** A browser sends a POST of this type to another origin only after a preflight, which the endpoint refuses. */
function requireJson({ method, headers }: ControlRequest): void {
  if (method !== 'POST' || /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return;
  throw new AwsError('UnsupportedMediaType', 'Send this request with content-type: application/json.', 415);
}
