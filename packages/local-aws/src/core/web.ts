import type { Readable } from 'node:stream';

/** A request of an API's client, as API Gateway or a function URL gets it. */
export type ApiRequest = {
  readonly apiId: string;
  /** The stage when the URL form names it; undefined when the API must take it from the path or from `$default`. */
  readonly stage: string | undefined;
  /** What follows the stage (or the host), percent-encoding kept, beginning with a slash. */
  readonly path: string;
  readonly method: string;
  /** Without the question mark. */
  readonly rawQuery: string;
  /** In the order and case they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** The Host header. */
  readonly host: string;
  /** Set when the request came by a custom domain; `basePath` is what was mapped, without slashes around it. */
  readonly domain?: { readonly name: string; readonly basePath: string };
  /** Set when the request came by the endpoint's own name for the API, which also leads to an API without a default endpoint. */
  readonly isByName?: boolean;
  /** What is wrong with the signature in its URL, when it is presigned. */
  readonly presignFault?: string | undefined;
};

/** Whether a request came to the `execute-api` address of an API. */
export function isDefaultEndpoint({ domain, isByName = false }: ApiRequest): boolean {
  return domain === undefined && !isByName;
}

export type ApiResponse = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer;
  /** The body in place of `body`, as the function produces it. */
  readonly stream?: Readable;
};

/** Serves deployed APIs of one kind: REST, HTTP or function URLs. */
export type ApiFrontend = {
  has(apiId: string): boolean;
  execute(request: ApiRequest): Promise<ApiResponse>;
};

/** What a route of a deployed API asks of its callers. */
export type RouteAccess = {
  /** Or ANY. */
  readonly method: string;
  /** `/tasks/{taskId}`. */
  readonly path: string;
  /** A token that API Gateway verifies, one that a function judges, a signature of AWS credentials, or nothing. */
  readonly authorization: 'none' | 'token' | 'function' | 'signature';
  /** The function that judges. */
  readonly functionArn?: string;
  /** What it integrates with: a URI of the integration, or the URL of a queue. */
  readonly integration?: string | undefined;
  /** A key that the route takes, where it asks for one and there is one. */
  readonly apiKey: string | undefined;
};
