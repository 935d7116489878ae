import type { JsonObject } from '../../core/json.ts';
import type { GatewayError } from './gateway-error.ts';
import type { HttpRequest } from './http-request.ts';
import type { Route, Stage } from './model.ts';

/** Who called, as an authorizer found out. */
export type Identity =
  | { readonly kind: 'jwt'; readonly claims: JsonObject; readonly scopes: readonly string[] | null }
  | { readonly kind: 'lambda'; readonly context: JsonObject | null; readonly principalId: string | undefined }
  | {
      readonly kind: 'iam';
      readonly accessKey: string;
      readonly accountId: string;
      readonly userArn: string;
      readonly userId: string;
    };

/** One request on its way through a route. What later steps find out is filled in as they run. */
export type Exchange = {
  readonly region: string;
  readonly apiId: string;
  readonly stage: Stage;
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly request: HttpRequest;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  identity: Identity | undefined;
  /** The response of API Gateway itself that the request ended with. */
  error: GatewayError | undefined;
  /** `latency` is undefined until the integration has answered or failed, `requestId` is that of the service behind. */
  readonly integration: { status?: number; latency?: number; requestId?: string };
};

/** What an integration answered; header names in lower case. */
export type IntegrationAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer;
};

/** The path that a function sees: a named stage is part of it, `$default` is not. */
export function fullPath({ stage, request }: Pick<Exchange, 'stage' | 'request'>): string {
  return stage.stageName === '$default' ? request.path : `/${stage.stageName}${request.path}`;
}

/** The path in events of format 1.0: through a custom domain, other than in format 2.0, it is what the client asked for. */
export function clientPath(exchange: Pick<Exchange, 'stage' | 'request'>): string {
  const { basePath, path } = exchange.request;
  if (basePath === undefined) return fullPath(exchange);
  return basePath === '' ? path : `/${basePath}${path}`;
}

/** Common Log Format, in UTC: `12/Mar/2020:19:03:58 +0000`. */
export function clfTime(time: number): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(new Date(time).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
