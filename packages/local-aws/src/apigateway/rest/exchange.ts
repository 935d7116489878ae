import { randomUUID } from 'node:crypto';
import { accountId } from '../../core/arn.ts';
import { randomText } from '../../core/random-bytes.ts';
import type { ApiRequest, ApiResponse } from '../../core/web.ts';
import type { Stage } from './api-definition.ts';
import type { GatewayError } from './gateway-error.ts';
import type { VtlMap } from './vtl/value.ts';

export type Header = readonly [name: string, value: string];

/** Values by name: the name as it came first, all its values in order. */
export type MultiValues = ReadonlyMap<string, { readonly name: string; readonly values: readonly string[] }>;

/** One request on its way through a stage. What later steps find out is filled in as they run. */
export type Exchange = {
  readonly request: ApiRequest;
  readonly apiId: string;
  /** With the deployment and the variables of the release that serves the request. */
  readonly stage: Stage;
  /** Undefined while the stage has no canary. */
  readonly isCanary: boolean | undefined;
  readonly region: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly traceId: string;
  readonly startedAt: number;
  /** The path after the stage, as sent. */
  readonly path: string;
  /** What events call the path: through a custom domain it has the base path in front. */
  readonly clientPath: string;
  /** The stage and the path, or what the client of a custom domain asked for. */
  readonly contextPath: string;
  readonly domainName: string;
  readonly domainPrefix: string;
  /** By name in lower case. */
  readonly headers: MultiValues;
  /** By exact name, decoded. */
  readonly query: MultiValues;
  resource:
    | { readonly id: string; readonly path: string; readonly parameters: Readonly<Record<string, string>> }
    | undefined;
  /** The caller as an authorizer describes it; `claims` of a user pool are inside. */
  authorizer: VtlMap | undefined;
  apiKey: { readonly id: string; readonly value: string } | undefined;
  /** Who signed the request, of methods with AWS_IAM. */
  caller: { readonly accessKey: string; readonly arn: string } | undefined;
  /** The body, unpacked when it came compressed. */
  body: Buffer;
  error: GatewayError | undefined;
  integration: { status?: number; latency?: number; error?: string; requestId?: string };
  /** What the execution log gets, when the stage writes one. */
  readonly trace: string[] | undefined;
};

/** What a method answers, before API Gateway adds its own headers. */
export type MethodAnswer = ApiResponse;

type Origin = {
  readonly request: ApiRequest;
  readonly stage: Stage;
  readonly isCanary: boolean | undefined;
  readonly region: string;
  readonly now: number;
  readonly path: string;
  readonly isTraced: boolean;
};

/** Headers of the connection to the gateway, which no integration gets to see. */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'www-authenticate',
]);

export function openExchange({ request, stage, isCanary, region, now, path, isTraced }: Origin): Exchange {
  const { domain } = request;
  // A stage that the client names in the path stays there.
  const seenPath = domain === undefined ? undefined : joinPaths(domain.basePath, request.path);
  const traceId = traceHeaderOf(request) ?? newTraceId(now);
  return {
    request,
    apiId: request.apiId,
    stage,
    isCanary,
    region,
    requestId: randomUUID(),
    extendedRequestId: `${randomText(11, 'base64url').slice(0, 14)}=`,
    traceId,
    startedAt: now,
    path,
    clientPath: seenPath ?? path,
    contextPath: seenPath ?? `/${stage.stageName}${path}`,
    domainName: domain === undefined ? `${request.apiId}.execute-api.localhost` : domain.name,
    domainPrefix: domain === undefined ? request.apiId : (domain.name.split('.')[0] ?? ''),
    headers: collectHeaders(request, traceId),
    query: collectQuery(request.rawQuery),
    resource: undefined,
    authorizer: undefined,
    apiKey: undefined,
    caller: undefined,
    body: request.body,
    error: undefined,
    integration: {},
    trace: isTraced ? [] : undefined,
  };
}

function joinPaths(basePath: string, path: string): string {
  return basePath === '' ? path : `/${basePath}${path}`;
}

function traceHeaderOf({ headers }: ApiRequest): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === 'x-amzn-trace-id')?.[1];
}

function newTraceId(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomText(12, 'hex')}`;
}

function collectHeaders(request: ApiRequest, traceId: string): MultiValues {
  const headers = new Map<string, { name: string; values: string[] }>();
  const forwarded: string[] = [];
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    if (connectionHeaders.has(key)) continue;
    if (key === 'x-forwarded-for') forwarded.push(value);
    const known = headers.get(key);
    if (known === undefined) headers.set(key, { name, values: [value] });
    else known.values.push(value);
  }
  const set = (name: string, value: string): void => void headers.set(name.toLowerCase(), { name, values: [value] });
  set('X-Amzn-Trace-Id', traceId);
  set('X-Forwarded-For', [...forwarded, request.sourceIp].join(', '));
  set('X-Forwarded-Port', /:(\d+)$/.exec(request.host)?.[1] ?? '80');
  set('X-Forwarded-Proto', 'http');
  return headers;
}

const noValues: MultiValues = new Map();

function collectQuery(rawQuery: string): MultiValues {
  if (rawQuery === '') return noValues;
  const query = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const known = query.get(name);
    if (known === undefined) query.set(name, { name, values: [value] });
    else known.values.push(value);
  }
  return query;
}

export function headerOf({ headers }: Pick<Exchange, 'headers'>, name: string): string | undefined {
  return headers.get(name.toLowerCase())?.values.at(-1);
}

/** Of a repeated name the last value counts. */
export function lastValues(values: MultiValues): Record<string, string> {
  const last: Record<string, string> = {};
  for (const { name, values: all } of values.values()) setOwn(last, name, all.at(-1) ?? '');
  return last;
}

export function allValues(values: MultiValues): Record<string, readonly string[]> {
  const all: Record<string, readonly string[]> = {};
  for (const { name, values: list } of values.values()) setOwn(all, name, list);
  return all;
}

/** Sets a member whose name a client chose, `__proto__` included. */
function setOwn<T>(target: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

/** The ARN of what is called, as permissions and authorizers see it. */
export function methodArn({ region, apiId, stage, request, path }: Exchange): string {
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage.stageName}/${request.method}${path}`;
}
