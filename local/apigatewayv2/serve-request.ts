import { randomBytes } from 'node:crypto';
import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { LogSink } from '../core/log-sink.ts';
import type { ApiFrontend, ApiRequest, ApiResponse } from '../core/web.ts';
import { writeAccessLog } from './access-log.ts';
import type { Verdict } from './authorize.ts';
import { contextVariables } from './context-variables.ts';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import type { Exchange, IntegrationAnswer } from './exchange.ts';
import type { HttpApiStore } from './http-api-store.ts';
import { headerOf, readHttpRequest } from './http-request.ts';
import type { IntegrationResult } from './integration-result.ts';
import { pathSegments, routeMatcher } from './match-route.ts';
import type { Authorizer, Configuration, HttpApi, Integration, Route, Stage } from './model.ts';
import { mapRequest, mapResponse } from './parameter-mapping.ts';
import { Throttle } from './throttle.ts';

export type Steps = {
  readonly region: string;
  readonly clock: Clock;
  readonly store: HttpApiStore;
  readonly logs: LogSink;
  readonly authorize: (exchange: Exchange, authorizers: readonly Authorizer[]) => Promise<Verdict>;
  readonly integrate: (exchange: Exchange, integration: Integration) => Promise<IntegrationResult>;
};

/** What goes back to the client before CORS and the request id, and what the access log says of it. */
type Outcome = { readonly answer: IntegrationAnswer; readonly log: JsonObject };

const maxHeaderBytes = 10_240;
const maxBodyBytes = 10 * 1024 * 1024;

/** Takes requests of HTTP APIs from the door to the integration and back. */
export function httpApiFrontend(steps: Steps): ApiFrontend {
  const { store, clock } = steps;
  const throttle = new Throttle(clock);
  const matchers = new WeakMap<Configuration['routes'], ReturnType<typeof routeMatcher<Route>>>();
  const matcherOf = (routes: Configuration['routes']) => {
    const matcher = matchers.get(routes) ?? routeMatcher(routes);
    matchers.set(routes, matcher);
    return matcher;
  };

  async function handle(incoming: ApiRequest, api: HttpApi, requestId: string): Promise<IntegrationAnswer> {
    if (api.disableExecuteApiEndpoint === true && incoming.domain === undefined) return gatewayAnswer(404);
    const found = findStage(api, incoming);
    const configuration = found === undefined ? undefined : configurationOf(api, found.stage);
    if (found === undefined || configuration === undefined) return gatewayAnswer(404);
    const { corsConfiguration: cors } = configuration;
    const origin = headerOf({ headers: lowered(incoming.headers) }, 'origin');
    if (cors !== undefined && isPreflight(incoming)) {
      return { status: 204, headers: preflightHeaders(cors, origin ?? ''), body: '' };
    }
    const answer = await route(incoming, api, { ...found, configuration, requestId });
    if (cors === undefined) return answer;
    // With CORS on the API, what the integration says about it is ignored.
    const others = answer.headers.filter(([name]) => !name.startsWith('access-control-'));
    return { ...answer, headers: [...others, ...corsHeaders(cors, origin)] };
  }

  async function route(
    incoming: ApiRequest,
    { apiId }: HttpApi,
    place: { stage: Stage; path: string; configuration: Configuration; requestId: string },
  ): Promise<IntegrationAnswer> {
    const { stage, configuration } = place;
    const segments = pathSegments(place.path);
    if (segments === undefined) return gatewayAnswer(400);
    const matched = matcherOf(configuration.routes)(incoming.method, segments);
    if (matched === undefined) return gatewayAnswer(404);
    const startedAt = clock.now();
    const exchange: Exchange = {
      region: steps.region,
      apiId,
      stage,
      ...matched,
      request: readHttpRequest(incoming, `/${segments.join('/')}`, startedAt),
      requestId: place.requestId,
      startedAt,
      identity: undefined,
    };
    const { answer, log, identity } = await run(exchange, configuration);
    const variables = { ...contextVariables({ ...exchange, identity }), ...log };
    const result = { status: answer.status, responseLength: Buffer.byteLength(answer.body) };
    const responseLatency = clock.now() - startedAt;
    writeAccessLog(steps.logs, { apiId, stage, timestamp: startedAt }, { ...variables, ...result, responseLatency });
    return answer;
  }

  async function run(exchange: Exchange, configuration: Configuration) {
    const limit = limitOf(exchange.stage, exchange.route.routeKey);
    const bucket = JSON.stringify([exchange.apiId, exchange.stage.stageName, exchange.route.routeKey]);
    if (limit !== undefined && !throttle.admits(bucket, limit)) {
      return { ...refusal(429, 'THROTTLED'), identity: undefined };
    }
    const verdict = await steps.authorize(exchange, configuration.authorizers);
    if (!verdict.allowed) {
      const { answer, log } = refusal(verdict.status, verdict.status === 403 ? 'ACCESS_DENIED' : 'UNAUTHORIZED');
      const headers = [...answer.headers, ...verdict.headers];
      return {
        answer: { ...answer, headers },
        log: { ...log, authorizer: { error: verdict.reason } },
        identity: undefined,
      };
    }
    const { identity } = verdict;
    return { ...(await integrate({ ...exchange, identity }, configuration)), identity };
  }

  async function integrate(exchange: Exchange, { integrations }: Configuration): Promise<Outcome> {
    const integrationId = exchange.route.target?.split('/')[1];
    const integration = integrations.find((candidate) => candidate.integrationId === integrationId);
    if (integration === undefined) return refusal(500, 'INTEGRATION_FAILURE');
    // First-class integrations have parameters of their own under the same name.
    const mappings = integration.integrationSubtype === undefined ? integration.requestParameters : undefined;
    const mapped = mapRequest(exchange, mappings ?? {});
    const startedAt = clock.now();
    const result = await steps.integrate(mapped, integration);
    const latency = clock.now() - startedAt;
    if (result.kind === 'failed') {
      const { answer, log } = refusal(result.status, 'INTEGRATION_FAILURE');
      const error = { integrationErrorMessage: result.message, integration: { error: result.message, latency } };
      return { answer, log: { ...log, ...error, integrationLatency: latency } };
    }
    const { status } = result.answer;
    const requestId = result.requestId ?? '';
    const log = {
      integrationStatus: status,
      integrationLatency: latency,
      integration: { status, integrationStatus: status, latency, requestId },
    };
    const answer = mapResponse(mapped, result.answer, integration.responseParameters?.[status] ?? {});
    return { answer, log };
  }

  return {
    has: (apiId) => store.find(apiId) !== undefined,
    async execute(incoming) {
      const requestId = newRequestId();
      const tooLarge = sizeProblem(incoming);
      const answer = tooLarge ?? (await handle(incoming, store.get(incoming.apiId), requestId));
      return send(answer, requestId);
    },
  };
}

/** A named stage is the first segment of the path; `$default` is what is left. */
function findStage(api: HttpApi, { stage: named, path }: ApiRequest): { stage: Stage; path: string } | undefined {
  const find = (name: string) => api.stages.find(({ stageName }) => stageName === name);
  if (named !== undefined) {
    const stage = find(named);
    return stage && { stage, path };
  }
  const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  const stage = find(first);
  if (stage !== undefined) return { stage, path: rest === '' ? '/' : rest };
  const byDefault = find('$default');
  return byDefault && { stage: byDefault, path };
}

function configurationOf(api: HttpApi, { autoDeploy, deploymentId }: Stage): Configuration | undefined {
  if (autoDeploy === true) return api;
  return api.deployments.find((deployment) => deployment.deploymentId === deploymentId)?.configuration;
}

function limitOf({ routeSettings, defaultRouteSettings }: Stage, routeKey: string) {
  const own = routeSettings?.[routeKey];
  const rate = own?.throttlingRateLimit ?? defaultRouteSettings?.throttlingRateLimit;
  const burst = own?.throttlingBurstLimit ?? defaultRouteSettings?.throttlingBurstLimit;
  if (rate === undefined && burst === undefined) return undefined;
  // What is not set is the account's own limit.
  return { rate: rate ?? 10_000, burst: burst ?? 5_000 };
}

function sizeProblem({ headers, body }: ApiRequest): IntegrationAnswer | undefined {
  const headerBytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  if (headerBytes > maxHeaderBytes) return gatewayAnswer(431);
  return body.length > maxBodyBytes ? gatewayAnswer(413) : undefined;
}

function refusal(status: number, responseType: string): Outcome {
  const message = textOf(status);
  return {
    answer: gatewayAnswer(status),
    log: { error: { message, messageString: JSON.stringify(message), responseType } },
  };
}

function gatewayAnswer(status: number): IntegrationAnswer {
  const body = JSON.stringify({ message: textOf(status) });
  return { status, headers: [['content-type', 'application/json']], body };
}

function textOf(status: number): string {
  return status === 413 ? 'Request Entity Too Large' : (STATUS_CODES[status] ?? 'Internal Server Error');
}

/** Headers that describe the connection to the client, which no integration decides. */
const ownHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

function send(answer: IntegrationAnswer, requestId: string): ApiResponse {
  const { status, headers, body } = areValid(answer.headers) ? answer : gatewayAnswer(500);
  const kept = headers.filter(([name]) => !ownHeaders.has(name));
  const hasBody = status !== 204 && status !== 304;
  return { status, headers: [...kept, ['apigw-requestid', requestId]], body: hasBody ? body : '' };
}

function areValid(headers: IntegrationAnswer['headers']): boolean {
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}

function lowered(headers: ApiRequest['headers']): ApiRequest['headers'] {
  return headers.map(([name, value]) => [name.toLowerCase(), value]);
}

/** Sixteen characters that end in `=`, as AWS makes them. */
function newRequestId(): string {
  return randomBytes(11).toString('base64');
}
