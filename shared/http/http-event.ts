import type { LambdaHttpEvent } from './lambda-event.ts';

/** The parts of an HTTP request that handlers see, whichever kind of API Gateway it came through. */
export type HttpEvent = {
  /** The path as the client sent it, with stage and base path where the gateway tells them. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  /** Every value of every query parameter. */
  readonly query: Readonly<Record<string, readonly string[] | undefined>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly caller: Caller | undefined;
};

/** Who calls, as an authorizer of the gateway found it. Undefined where there is none. */
export type Caller = {
  readonly sub: string;
  /** When their token ends, where the authorizer says so. */
  readonly expiresAt?: Date;
};

export function readHttpEvent(event: LambdaHttpEvent): HttpEvent {
  return {
    path: event.rawPath ?? event.requestContext?.path ?? event.path ?? '/',
    pathParameters: event.pathParameters ?? {},
    query:
      event.rawQueryString === undefined
        ? (event.multiValueQueryStringParameters ?? {})
        : parseQuery(event.rawQueryString),
    headers: event.headers ?? {},
    body: event.body,
    caller: callerOf(event),
  };
}

/** Payload 2.0 joins repeated parameters with a comma, which cannot be told from a comma inside a value. */
function parseQuery(rawQueryString: string): HttpEvent['query'] {
  const parameters = new URLSearchParams(rawQueryString);
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
}

function callerOf({ requestContext }: LambdaHttpEvent): Caller | undefined {
  const authorizer = requestContext?.authorizer;
  const sub = authorizer?.claims?.sub ?? authorizer?.jwt?.claims?.sub ?? authorizer?.lambda?.sub ?? authorizer?.sub;
  if (typeof sub !== 'string' || sub === '') return undefined;
  // Seconds, in the context of a Lambda authorizer. The others hold each request against the time themselves.
  const exp = Number(authorizer?.lambda?.exp ?? authorizer?.exp);
  return Number.isNaN(exp) ? { sub } : { sub, expiresAt: new Date(exp * 1000) };
}
