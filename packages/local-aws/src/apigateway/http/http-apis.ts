import type { AwsApi } from '../../core/aws-api.ts';
import { awsClient } from '../../core/aws-client.ts';
import type { ResourceType } from '../../core/resource-type.ts';
import type { ApiFrontend, RouteAccess } from '../../core/web.ts';
import type { DomainNames } from '../domain-names.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import { apiResourceType } from './api-resource-types.ts';
import { authorizeIam } from './authorize-iam.ts';
import { authorizeJwt } from './authorize-jwt.ts';
import { authorizeLambda } from './authorize-lambda.ts';
import { functionCaller } from './call-lambda.ts';
import { ApiChanges } from './change-api.ts';
import { controlPlane } from './control-plane.ts';
import type { Exchange, Identity } from './exchange.ts';
import { httpApiFrontend, type Steps } from './frontend.ts';
import { GatewayError } from './gateway-error.ts';
import { HttpApiStore } from './http-api-store.ts';
import { integrateHttp } from './http-integration.ts';
import { integrateLambda } from './lambda-integration.ts';
import type { Authorizer } from './model.ts';
import { observeSteps } from './observe-steps.ts';
import { partResourceTypes } from './part-resource-types.ts';
import { routesOf } from './routes-of.ts';
import { integrateSqs } from './sqs-integration.ts';
import { stageResourceTypes } from './stage-resource-types.ts';

export type HttpApisOptions = GatewayPorts & {
  /** The base URL of an API's `$default` stage, without a slash at the end: what `ApiEndpoint` yields. */
  readonly url: (apiId: string) => string;
  /** Shared with REST APIs. */
  readonly domains: DomainNames;
};

export type HttpApis = {
  /** Answers `/v2/…` of the signing name `apigateway`. */
  readonly api: AwsApi;
  readonly frontend: ApiFrontend;
  /** Without those of custom domains, which `DomainNames` has. */
  readonly resourceTypes: readonly ResourceType[];
  /** The stages of an API; undefined when there is no such HTTP API. */
  readonly stagesOf: (apiId: string) => readonly string[] | undefined;
  /** What each route of an API asks of its callers. */
  readonly routesOf: (apiId: string) => readonly RouteAccess[];
};

/** API Gateway's HTTP APIs: control plane, data plane and CloudFormation types. */
export function createHttpApis(options: HttpApisOptions, store = new HttpApiStore(options.state)): HttpApis {
  const { clock, region, url, domains } = options;
  const changes = new ApiChanges(store, clock);
  const call = functionCaller(options);
  const sqs = { client: awsClient(options.dispatch), mayAssume: options.mayAssume };
  const integrate: Steps['integrate'] = (exchange, integration) => {
    if (integration.integrationSubtype !== undefined) return integrateSqs(sqs, exchange, integration);
    return integration.integrationType === 'HTTP_PROXY'
      ? integrateHttp(clock, exchange, integration)
      : integrateLambda(call, exchange, integration);
  };
  return {
    api: controlPlane({ store, changes, domains, region, url }),
    resourceTypes: [
      apiResourceType(store, changes, url),
      ...partResourceTypes(store, changes),
      ...stageResourceTypes(store, changes),
    ],
    routesOf: (apiId) => routesOf(store.find(apiId)),
    stagesOf: (apiId) => store.stagesOf(apiId),
    frontend: httpApiFrontend({
      region,
      clock,
      store,
      logs: options.logs,
      putMetric: options.putMetric,
      admitsRequest: options.admitsRequest,
      ...observeSteps({ authorize: authorizer(options, call), integrate }, options.observer),
    }),
  };
}

function authorizer(options: HttpApisOptions, call: ReturnType<typeof functionCaller>) {
  const byJwt = authorizeJwt(options.verifyJwt);
  const byLambda = authorizeLambda(call, options.clock);
  const byIam = authorizeIam(options.credentials, options.isAllowed);
  return async (exchange: Exchange, authorizers: readonly Authorizer[]): Promise<Identity | undefined> => {
    const { authorizationType = 'NONE', authorizerId } = exchange.route;
    if (authorizationType === 'NONE') return undefined;
    if (authorizationType === 'AWS_IAM') return byIam(exchange);
    const found = authorizers.find((candidate) => candidate.authorizerId === authorizerId);
    if (found === undefined) throw new GatewayError('AUTHORIZER_FAILURE', `the authorizer ${authorizerId} is gone`);
    return authorizationType === 'JWT' ? byJwt(exchange, found) : byLambda(exchange, found);
  };
}
