import type { MiddlewareObj } from '@middy/core';
import { isObject } from '../invalid-event.ts';

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
  body?: unknown;
  readonly isBase64Encoded?: boolean;
};

type Subject = { readonly sub?: unknown };

const requestKeys = [
  'body',
  'headers',
  'httpMethod',
  'multiValueHeaders',
  'multiValueQueryStringParameters',
  'path',
  'pathParameters',
  'queryStringParameters',
  'rawPath',
  'rawQueryString',
  'requestContext',
  'resource',
  'routeKey',
];

/** Whether an event has a part of a request, as those of other services have not. Written by hand, it may have few. */
export function isRequest(event: unknown): boolean {
  return isObject(event) && requestKeys.some((key) => key in event);
}

/**
 * Puts the names of headers in lower case: REST APIs pass them on in the case that the client used. Headers that only
 * `multiValueHeaders` has, as in events written by hand, count with their last value.
 */
export function lowerCaseHeaders(): MiddlewareObj<LambdaHttpEvent> {
  return {
    before: ({ event }) => {
      const multi = Object.entries(event.multiValueHeaders ?? {}).map(
        ([name, values]) => [name, values?.at(-1)] as const,
      );
      const headers = [...multi, ...Object.entries(event.headers ?? {})];
      event.headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
    },
  };
}
