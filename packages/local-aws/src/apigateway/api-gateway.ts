import type { AwsApi } from '../core/aws-api.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { ApiFrontend, RouteAccess } from '../core/web.ts';
import { DomainNames } from './domain-names.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { HttpApiStore } from './http/http-api-store.ts';
import { createHttpApis } from './http/http-apis.ts';
import { createRestApis, type RestApisOptions } from './rest/rest-apis.ts';

export type ApiGatewayOptions = GatewayPorts &
  Pick<RestApisOptions, 'onError' | 'logRole'> & {
    readonly endpointUrl: () => string;
  };

export type ApiGateway = {
  /** Serves the signing name `apigateway`: REST APIs, and HTTP APIs below `/v2/`. */
  readonly api: AwsApi;
  readonly frontends: readonly ApiFrontend[];
  readonly domains: DomainNames;
  readonly resourceTypes: readonly ResourceType[];
  /** The stages of an API; undefined when there is no such API. */
  stagesOf(apiId: string): readonly string[] | undefined;
  /** Whether there is a stage of a REST API with this ARN. */
  hasRestStage(stageArn: string): boolean;
  /** What the routes of an API ask of their callers. */
  routesOf(apiId: string): readonly RouteAccess[];
};

/** API Gateway: REST APIs, HTTP APIs, and the custom domains that lead to both. */
export function createApiGateway({ endpointUrl, onError, logRole, ...ports }: ApiGatewayOptions): ApiGateway {
  const rest = createRestApis({ ...ports, onError, logRole });
  const httpStore = new HttpApiStore(ports.state);
  const stagesOf = (apiId: string) => rest.stagesOf(apiId) ?? httpStore.stagesOf(apiId);
  const domains = new DomainNames({ state: ports.state, stagesOf });
  const url = (apiId: string): string => `${endpointUrl()}/_aws/execute-api/${apiId}/$default`;
  const http = createHttpApis({ ...ports, domains, url }, httpStore);
  return {
    api: (request) => (request.path.startsWith('/v2/') ? http.api(request) : rest.api(request)),
    frontends: [rest.frontend, http.frontend],
    domains,
    resourceTypes: [...rest.resourceTypes, ...http.resourceTypes, ...domains.resourceTypes],
    stagesOf,
    hasRestStage(stageArn) {
      const [, apiId = '', stage = ''] =
        /^arn:aws:apigateway:[^:]+::\/restapis\/([^/]+)\/stages\/([^/]+)$/.exec(stageArn) ?? [];
      return rest.stagesOf(apiId)?.includes(stage) ?? false;
    },
    routesOf: (apiId) => [...rest.routesOf(apiId), ...http.routesOf(apiId)],
  };
}
