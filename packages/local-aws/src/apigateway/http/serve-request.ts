import { randomBytes } from 'node:crypto';
import type { PutMetric } from '../../cloudwatch/cloudwatch.ts';
import type { Clock } from '../../core/clock.ts';
import type { LogSink } from '../../core/log-sink.ts';
import { type ApiFrontend, type ApiRequest, isDefaultEndpoint } from '../../core/web.ts';
import { Throttle } from '../throttle.ts';
import { writeAccessLog } from './access-log.ts';
import type { Verdict } from './authorize.ts';
import { contextVariables } from './context-variables.ts';
import { answerPreflight, withCors } from './cors.ts';
import type { Exchange, Identity, IntegrationAnswer } from './exchange.ts';
import { findStage, limitOf, settingsOf } from './find-stage.ts';
import { gatewayAnswer, gatewayRefusal, type Outcome, refuseBySize, toApiResponse } from './gateway-answer.ts';
import type { HttpApiStore } from './http-api-store.ts';
import { readHttpRequest } from './http-request.ts';
import type { IntegrationResult } from './integration-result.ts';
import { pathSegments, routeMatcher } from './match-route.ts';
import type { Authorizer, Configuration, HttpApi, Integration, Route } from './model.ts';
import { mapRequest, mapResponse } from './parameter-mapping.ts';
import { recordMetrics } from './request-metrics.ts';

export type Steps = {
  readonly region: string;
  readonly clock: Clock;
  readonly store: HttpApiStore;
  readonly logs: LogSink;
  readonly putMetric: PutMetric;
  readonly authorize: (exchange: Exchange, authorizers: readonly Authorizer[]) => Promise<Verdict>;
  readonly integrate: (exchange: Exchange, integration: Integration) => Promise<IntegrationResult>;
};

/** An outcome with who called and how long the integration took, when it got that far. */
type Ending = Outcome & { readonly identity?: Identity | undefined; readonly integrationLatency?: number };

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
    if (api.disableExecuteApiEndpoint === true && isDefaultEndpoint(incoming)) return gatewayAnswer(404);
    const found = findStage(api, incoming);
    if (found === undefined) return gatewayAnswer(404);
    const { stage, configuration } = found;
    const segments = pathSegments(found.path);
    const matched = segments && matcherOf(configuration.routes)(incoming.method, segments);
    const startedAt = clock.now();
    const exchange: Exchange = {
      region: steps.region,
      apiId: api.apiId,
      stage,
      route: matched?.route ?? noRoute,
      pathParameters: matched?.pathParameters ?? {},
      request: readHttpRequest(incoming, segments === undefined ? found.path : `/${segments.join('/')}`, startedAt),
      requestId,
      startedAt,
      identity: undefined,
    };
    const cors = configuration.corsConfiguration;
    const preflight = cors && answerPreflight(cors, incoming);
    const ending =
      preflight === undefined ? await run(exchange, configuration, segments) : { answer: preflight, log: {} };
    record(exchange, ending);
    if (cors === undefined || preflight !== undefined) return ending.answer;
    return withCors(cors, incoming.headers, ending.answer);
  }

  async function run(
    exchange: Exchange,
    configuration: Configuration,
    segments: readonly string[] | undefined,
  ): Promise<Ending> {
    const { apiId, stage, route } = exchange;
    if (segments === undefined) return gatewayRefusal(400, 'BAD_REQUEST');
    if (route === noRoute) return gatewayRefusal(404, 'NOT_FOUND');
    const limit = limitOf(settingsOf(stage, route.routeKey));
    const bucket = JSON.stringify([apiId, stage.stageName, route.routeKey]);
    if (limit !== undefined && !throttle.admits(bucket, limit)) return gatewayRefusal(429, 'THROTTLED');

    const verdict = await steps.authorize(exchange, configuration.authorizers);
    if (!verdict.allowed) {
      const { answer, log } = gatewayRefusal(verdict.status, refusalTypes[verdict.status]);
      const headers = [...answer.headers, ...verdict.headers];
      return { answer: { ...answer, headers }, log: { ...log, authorizer: { error: verdict.reason } } };
    }
    const { identity } = verdict;
    return { ...(await integrate({ ...exchange, identity }, configuration)), identity };
  }

  async function integrate(exchange: Exchange, { integrations }: Configuration): Promise<Ending> {
    const integrationId = exchange.route.target?.split('/')[1];
    const integration = integrations.find((candidate) => candidate.integrationId === integrationId);
    if (integration === undefined) return gatewayRefusal(500, 'INTEGRATION_FAILURE');
    // First-class integrations have parameters of their own under the same name.
    const mappings = integration.integrationSubtype === undefined ? integration.requestParameters : undefined;
    const mapped = mapRequest(exchange, mappings ?? {});
    const startedAt = clock.now();
    const result = await steps.integrate(mapped, integration);
    const latency = clock.now() - startedAt;
    if (result.kind === 'failed') {
      const { answer, log } = gatewayRefusal(result.status, 'INTEGRATION_FAILURE');
      const error = { integrationErrorMessage: result.message, integration: { error: result.message, latency } };
      return { answer, log: { ...log, ...error, integrationLatency: latency }, integrationLatency: latency };
    }
    const { status } = result.answer;
    const of = { status, integrationStatus: status, latency, requestId: result.requestId ?? '' };
    const log = { integrationStatus: status, integrationLatency: latency, integration: of };
    const answer = mapResponse(mapped, result.answer, integration.responseParameters?.[status] ?? {});
    return { answer, log, integrationLatency: latency };
  }

  function record(exchange: Exchange, { answer, log, identity, integrationLatency }: Ending): void {
    const { apiId, stage, route, startedAt } = exchange;
    const responseLatency = clock.now() - startedAt;
    const responseLength = Buffer.byteLength(answer.body);
    writeAccessLog(
      steps.logs,
      { apiId, stage, timestamp: startedAt },
      {
        ...contextVariables({ ...exchange, identity }),
        ...log,
        status: answer.status,
        responseLength,
        responseLatency,
        dataProcessed: responseLength + exchange.request.body.length,
      },
    );
    recordMetrics(steps.putMetric, {
      apiId,
      stage: stage.stageName,
      routeKey: route.routeKey,
      detailed: settingsOf(stage, route.routeKey).detailedMetricsEnabled === true,
      status: answer.status,
      latency: responseLatency,
      integrationLatency,
      bytes: responseLength + exchange.request.body.length,
    });
  }

  return {
    has: (apiId) => store.find(apiId) !== undefined,
    async execute(incoming) {
      const requestId = newRequestId();
      const answer = refuseBySize(incoming) ?? (await handle(incoming, store.get(incoming.apiId), requestId));
      return toApiResponse(answer, requestId);
    },
  };
}

/** What logs and metrics name where no route takes a request. */
const noRoute: Route = { routeId: '', routeKey: '-' };

const refusalTypes = { 401: 'UNAUTHORIZED', 403: 'ACCESS_DENIED', 500: 'AUTHORIZER_FAILURE' } as const;

/** Sixteen characters that end in `=`, as AWS makes them. */
function newRequestId(): string {
  return randomBytes(11).toString('base64');
}
