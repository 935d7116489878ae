import type { MiddlewareObj } from '@middy/core';

type Values<T> = Readonly<Record<string, T | undefined>> | null;

/**
 * A proxy event of a REST API (payload 1.0) or of an HTTP API (payload 2.0), as far as it is read here. It is declared
 * and not parsed by a schema: API Gateway writes it, and a schema of it cost 5 ms of the first request. Everything is
 * optional, so that an event of anybody else's making leads to an error and not to a wild guess.
 */
export type LambdaHttpEvent = {
  readonly version?: string;
  readonly httpMethod?: string;
  readonly path?: string;
  readonly rawPath?: string;
  readonly resource?: string;
  readonly routeKey?: string;
  headers?: Values<string>;
  readonly multiValueHeaders?: Values<string[]>;
  readonly pathParameters?: Values<string>;
  readonly queryStringParameters?: Values<string>;
  readonly multiValueQueryStringParameters?: Values<string[]>;
  readonly rawQueryString?: string;
  readonly stageVariables?: Values<string>;
  readonly requestContext?: {
    readonly requestId?: string;
    readonly path?: string;
    readonly http?: { readonly method: string };
    readonly authorizer?:
      | {
          /** A Cognito authorizer of a REST API. */
          readonly claims?: Subject | null;
          /** A JWT authorizer of an HTTP API. */
          readonly jwt?: { readonly claims?: Subject | null };
          /** A Lambda authorizer of an HTTP API; that of a REST API puts its context right here. */
          readonly lambda?: (Subject & { readonly exp?: unknown }) | null;
          readonly sub?: unknown;
          readonly exp?: unknown;
        }
      | null
      | undefined;
  };
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
};

type Subject = { readonly sub?: unknown };

/** REST APIs hand headers over in the case the client used; HTTP names are the same in any. */
export function lowerCaseHeaders(): MiddlewareObj<LambdaHttpEvent> {
  return {
    before: ({ event }) => {
      const headers = Object.entries(event.headers ?? {});
      event.headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
    },
  };
}
