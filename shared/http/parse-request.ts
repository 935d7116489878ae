import * as z from 'zod/mini';
import { type ErrorDetail, invalidRequest } from '../errors/app-error.ts';
import { describeIssues } from '../validation/describe-issues.ts';
import type { HttpEvent } from './http-event.ts';

/** The schemas of the parts of a request. A part without one is not parsed; a query without one must be empty. */
export type RequestSchemas = {
  readonly path?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  /** Names in lower case; clients and gateways send more than a service knows, so never a strict one. */
  readonly headers?: z.ZodMiniType;
  readonly body?: z.ZodMiniType;
};

/** The parsed parts: `{ path, query, headers, body }`, as far as there are schemas. */
export type RequestParts<S extends RequestSchemas> = z.core.$InferObjectOutput<S, Record<never, never>>;

const noQuery = z.object({ query: z.strictObject({}) });

/** Builds the parser of an operation. It lists every problem of all parts at once. */
export function requestParser<S extends RequestSchemas>(schemas: S): (event: HttpEvent) => RequestParts<S> {
  const parts = z.object(schemas);
  const unasked = schemas.query === undefined ? noQuery : z.object({});
  return (event) => {
    const query = Object.fromEntries(Object.entries(event.query).map(([name, values]) => [name, values?.at(-1)]));
    const input = { path: event.pathParameters, query, headers: event.headers, body: event.body };
    const result = parts.safeParse(input);
    const problems = [...repeatedParameters(event.query), ...describe(unasked.safeParse(input)), ...describe(result)];
    if (!result.success || problems.length > 0) throw invalidRequest(problems);
    return result.data;
  };
}

function describe(result: z.core.util.SafeParseResult<unknown>): ErrorDetail[] {
  return result.success ? [] : describeIssues(result.error);
}

/** A repeated parameter has no one meaning, so it is refused instead of letting the last one win. */
function repeatedParameters(query: HttpEvent['query']): ErrorDetail[] {
  return Object.entries(query)
    .filter(([, values = []]) => values.length > 1)
    .map(([name]) => ({ path: `query.${name.slice(0, 100)}`, message: 'must be given once' }));
}
