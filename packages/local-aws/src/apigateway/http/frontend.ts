import type { PutMetric } from '../../cloudwatch/cloudwatch.ts';
import type { Clock } from '../../core/clock.ts';
import type { LogSink } from '../../core/log-sink.ts';
import { randomText } from '../../core/random-bytes.ts';
import { Throttle } from '../../core/throttle.ts';
import { type ApiFrontend, type ApiRequest, isDefaultEndpoint } from '../../core/web.ts';
import { answerPreflight, withCors } from './cors.ts';
import type { Exchange, Identity, IntegrationAnswer } from './exchange.ts';
import { findStage, limitOf, settingsOf } from './find-stage.ts';
import { GatewayError, integrationFailure } from './gateway-error.ts';
import { gatewayAnswer, renderGatewayResponse, sizeRefusal, toApiResponse } from './gateway-response.ts';
import type { HttpApiStore } from './http-api-store.ts';
import { readHttpRequest } from './http-request.ts';
import type { Authorizer, Configuration, HttpApi, Integration, Route } from './model.ts';
import { mapRequest, mapResponse } from './parameter-mapping.ts';
import { createRouter, pathSegments } from './router.ts';
import { writeAccessLog } from './stage-logs.ts';
import { putStageMetrics } from './stage-metrics.ts';

export type Steps = {
  readonly region: string;
  readonly clock: Clock;
  readonly store: HttpApiStore;
  readonly logs: LogSink;
  readonly putMetric: PutMetric;
  readonly admitsRequest?: (() => boolean) | undefined;
  readonly authorize: (exchange: Exchange, authorizers: readonly Authorizer[]) => Promise<Identity | undefined>;
  readonly integrate: (exchange: Exchange, integration: Integration) => Promise<IntegrationAnswer>;
};

/** Serves the stages of HTTP APIs. */
export function httpApiFrontend(steps: Steps): ApiFrontend {
  const { store, clock, admitsRequest = () => true } = steps;
  const throttle = new Throttle(clock);
  const matchers = new WeakMap<Configuration['routes'], ReturnType<typeof createRouter<Route>>>();
  const matcherOf = (routes: Configuration['routes']) => {
    const matcher = matchers.get(routes) ?? createRouter(routes);
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
      error: undefined,
      integration: {},
    };
    const cors = configuration.corsConfiguration;
    const preflight = cors && answerPreflight(cors, incoming);
    const answer = preflight ?? (await serve(exchange, configuration, segments !== undefined));
    writeAccessLog(steps.logs, exchange, answer, clock.now());
    putStageMetrics(steps.putMetric, exchange, answer, clock.now());
    if (cors === undefined || preflight !== undefined) return answer;
    return withCors(cors, incoming.headers, answer);
  }

  async function serve(
    exchange: Exchange,
    configuration: Configuration,
    isPathValid: boolean,
  ): Promise<IntegrationAnswer> {
    try {
      if (!isPathValid) throw new GatewayError('BAD_REQUEST', 'the percent-encoding of the path is broken');
      return await run(exchange, configuration);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      exchange.error = error;
      return renderGatewayResponse(error);
    }
  }

  /** @throws GatewayError */
  async function run(exchange: Exchange, configuration: Configuration): Promise<IntegrationAnswer> {
    const { apiId, stage, route } = exchange;
    if (route === noRoute) throw new GatewayError('NOT_FOUND', 'no route takes the request');
    const limit = limitOf(settingsOf(stage, route.routeKey));
    const bucket = JSON.stringify([apiId, stage.stageName, route.routeKey]);
    if (limit !== undefined && !throttle.admits(bucket, limit)) {
      throw new GatewayError('THROTTLED', 'more requests than the throttle of the route allows');
    }
    if (!admitsRequest()) throw new GatewayError('THROTTLED', 'more requests than the account may have');
    exchange.identity = await steps.authorize(exchange, configuration.authorizers);
    return integrate(exchange, configuration);
  }

  /** @throws GatewayError */
  async function integrate(exchange: Exchange, { integrations }: Configuration): Promise<IntegrationAnswer> {
    const integrationId = exchange.route.target?.split('/')[1];
    const integration = integrations.find((candidate) => candidate.integrationId === integrationId);
    if (integration === undefined) throw integrationFailure('the route has no integration');
    // First-class integrations have parameters of their own under the same name.
    const mappings = integration.integrationSubtype === undefined ? integration.requestParameters : undefined;
    const mapped = mapRequest(exchange, mappings ?? {});
    const startedAt = clock.now();
    try {
      const answer = await steps.integrate(mapped, integration);
      exchange.integration.status = answer.status;
      return mapResponse(mapped, answer, integration.responseParameters?.[answer.status] ?? {});
    } finally {
      exchange.integration.latency = clock.now() - startedAt;
    }
  }

  return {
    has: (apiId) => store.find(apiId) !== undefined,
    async execute(incoming) {
      const requestId = newRequestId();
      const answer = sizeRefusal(incoming) ?? (await handle(incoming, store.get(incoming.apiId), requestId));
      return toApiResponse(answer, requestId);
    },
  };
}

/** The route in logs and metrics of a request that no route takes. */
const noRoute: Route = { routeId: '', routeKey: '-' };

/** Sixteen characters that end in `=`, as AWS makes them. */
function newRequestId(): string {
  return randomText(11, 'base64');
}
