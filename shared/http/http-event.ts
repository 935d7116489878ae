import { invalidRequest } from '../errors/app-error.ts';
import type { LambdaHttpEvent } from './lambda-event.ts';

/** The parts of an HTTP request that handlers see, whichever kind of API Gateway it came through. */
export type HttpEvent = {
  /** The path as the client sent it, with stage and base path where the gateway tells them. */
  readonly path: string;
  /** Percent-decoded. */
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

/** @throws AppError INVALID_REQUEST for path parameters that are not well-formed */
export function readHttpEvent(event: LambdaHttpEvent): HttpEvent {
  return {
    path: event.rawPath ?? event.requestContext?.path ?? event.path ?? '/',
    pathParameters: pathParametersOf(event),
    query: queryOf(event),
    headers: event.headers ?? {},
    body: event.body,
    caller: callerOf(event),
  };
}

/**
 * REST APIs pass path parameters on as the client encoded them; LocalStack has recorded it
 * (test_lambda_aws_proxy_integration: `test%2Balias@gmail.com` in `pathParameters`). HTTP APIs decode them, and say their
 * version.
 */
function pathParametersOf({ version, pathParameters }: LambdaHttpEvent): HttpEvent['pathParameters'] {
  const given = pathParameters ?? {};
  if (version !== undefined) return given;
  const decoded = Object.entries(given).map(([name, value]) => [name, decode(value)] as const);
  const malformed = decoded.filter(([name, value]) => value === undefined && given[name] !== undefined);
  if (malformed.length === 0) return Object.fromEntries(decoded);
  throw invalidRequest(
    malformed.map(([name]) => ({ path: `path.${name}`, message: 'must be well-formed percent-encoding' })),
  );
}

function decode(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/**
 * All values of each parameter. Gateways send them in a second map or in the raw query; an event that was written by hand
 * may have `queryStringParameters` alone.
 */
function queryOf(event: LambdaHttpEvent): HttpEvent['query'] {
  const single = Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, asList(value)]);
  const multi = Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values]) => [
    name,
    asList(values),
  ]);
  // Payload 2.0 joins repeated parameters with a comma, which cannot be told from a comma inside a value.
  const raw = Object.entries(parseQuery(event.rawQueryString ?? ''));
  return Object.fromEntries([...single, ...multi, ...raw]);
}

function asList(value: string | readonly string[] | undefined): readonly string[] {
  return [value ?? []].flat();
}

function parseQuery(rawQueryString: string): HttpEvent['query'] {
  const parameters = new URLSearchParams(rawQueryString);
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
}

function callerOf({ requestContext }: LambdaHttpEvent): Caller | undefined {
  const authorizer = requestContext?.authorizer;
  const sub = authorizer?.claims?.sub ?? authorizer?.jwt?.claims?.sub ?? authorizer?.lambda?.sub ?? authorizer?.sub;
  if (typeof sub !== 'string' || sub === '') return undefined;
  // Seconds, in the context of a Lambda authorizer. The other authorizers check the time of each request themselves.
  const exp = Number(authorizer?.lambda?.exp ?? authorizer?.exp);
  return Number.isNaN(exp) ? { sub } : { sub, expiresAt: new Date(exp * 1000) };
}
