import * as z from 'zod/mini';

/** The parts of an HTTP request that handlers see, whichever kind of API Gateway it came through. */
export type HttpEvent = {
  readonly method: string;
  /** The path as the client sent it, stage and base path included where the gateway tells them. */
  readonly path: string;
  /** The route's template, `/tasks/{taskId}`: safe to log, unlike `path`. */
  readonly route: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Every value of every query parameter. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly body: unknown;
  readonly caller: Caller | undefined;
};

/** Who calls, as an authorizer of the gateway found it. Undefined where there is none. */
export type Caller = { readonly sub: string };

const text = z.string();
const strings = z.record(text, text);
const nullable = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));
const subject = z.object({ sub: nullable(text) });

const restEvent = z.object({
  httpMethod: text,
  path: text,
  resource: z.optional(text),
  pathParameters: nullable(strings),
  queryStringParameters: nullable(strings),
  multiValueQueryStringParameters: nullable(z.record(text, z.array(text))),
  body: z.unknown(),
  requestContext: z.object({
    path: z.optional(text),
    authorizer: nullable(z.object({ claims: nullable(subject), sub: nullable(text), principalId: nullable(text) })),
  }),
});

const httpApiEvent = z.object({
  version: z.literal('2.0'),
  rawPath: text,
  rawQueryString: text,
  routeKey: text,
  pathParameters: z.optional(strings),
  body: z.unknown(),
  requestContext: z.object({
    http: z.object({ method: text }),
    authorizer: nullable(
      z.object({ jwt: nullable(z.object({ claims: nullable(subject) })), lambda: nullable(subject) }),
    ),
  }),
});

/**
 * Reads a proxy event of a REST API (payload 1.0) or of an HTTP API (payload 2.0).
 *
 * @throws zod error for anything else, which only a wrong integration or a direct invocation can send
 */
export function readHttpEvent(event: unknown): HttpEvent {
  const version2 = httpApiEvent.safeParse(event);
  return version2.success ? fromHttpApi(version2.data) : fromRestApi(restEvent.parse(event));
}

function fromRestApi(event: z.infer<typeof restEvent>): HttpEvent {
  const { authorizer, path } = event.requestContext;
  const single = Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, [value]]);
  return {
    method: event.httpMethod,
    path: path ?? event.path,
    route: event.resource ?? event.path,
    pathParameters: event.pathParameters ?? {},
    query: event.multiValueQueryStringParameters ?? Object.fromEntries(single),
    body: event.body,
    // Cognito authorizers nest the claims, Lambda authorizers put their context beside `principalId`.
    caller: callerOf(authorizer?.claims?.sub ?? authorizer?.sub ?? authorizer?.principalId),
  };
}

function fromHttpApi(event: z.infer<typeof httpApiEvent>): HttpEvent {
  const { authorizer, http } = event.requestContext;
  // `queryStringParameters` joins repeated keys with a comma, which cannot be told from a comma inside a value.
  const parameters = new URLSearchParams(event.rawQueryString);
  const query = Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
  return {
    method: http.method,
    path: event.rawPath,
    route: event.routeKey.split(' ').at(-1) ?? event.routeKey,
    pathParameters: event.pathParameters ?? {},
    query,
    body: event.body,
    caller: callerOf(authorizer?.jwt?.claims?.sub ?? authorizer?.lambda?.sub),
  };
}

function callerOf(sub: string | null | undefined): Caller | undefined {
  return sub ? { sub } : undefined;
}
