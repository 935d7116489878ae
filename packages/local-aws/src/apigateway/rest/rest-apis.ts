import type { AwsApi } from '../../core/aws-api.ts';
import type { ResourceType } from '../../core/resource-type.ts';
import type { ApiFrontend, RouteAccess } from '../../core/web.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import { authorization } from './authorize.ts';
import { controlPlane } from './control-plane.ts';
import { Deployments } from './deployments.ts';
import { documentationResourceTypes } from './documentation.ts';
import { restApiFrontend } from './frontend.ts';
import { accountResourceType, type LogRoleCheck } from './log-role.ts';
import { methodResourceTypes } from './method-resource-types.ts';
import { partResourceTypes } from './part-resource-types.ts';
import { methodPutter } from './put-method.ts';
import { restApiResourceType } from './rest-api-resource-type.ts';
import { RestApiStore } from './rest-api-store.ts';
import { routesOf } from './routes-of.ts';
import { StageLogs } from './stage-logs.ts';
import { stageResourceTypes } from './stage-resource-types.ts';
import { usagePlanResourceTypes } from './usage-plan-resource-types.ts';
import { UsagePlans } from './usage-plans.ts';

export type RestApisOptions = GatewayPorts & {
  /** Told of failures that are the endpoint's own; the client gets a 500. */
  readonly onError: (error: unknown) => void;
  /** About the role that logs are written with. */
  readonly logRole: LogRoleCheck;
};

export type RestApis = {
  /** Answers everything of the signing name `apigateway` but `/v2/…`. */
  readonly api: AwsApi;
  readonly frontend: ApiFrontend;
  /** Without those of custom domains, which `DomainNames` has. */
  readonly resourceTypes: readonly ResourceType[];
  /** The stages of an API; undefined when there is no such REST API. */
  readonly stagesOf: (apiId: string) => readonly string[] | undefined;
  /** What each method of an API asks of its callers. */
  readonly routesOf: (apiId: string) => readonly RouteAccess[];
};

/** API Gateway's REST APIs: control plane, data plane and CloudFormation types. */
export function createRestApis(options: RestApisOptions): RestApis {
  const { clock, state, logs, region, onError, putMetric, logRole } = options;
  const store = new RestApiStore(state);
  const ports = { ...options, authorizationOf: authorization(options) };
  const deployments = new Deployments(store, clock, ports);
  const restApiType = restApiResourceType(store, clock);
  const putMethod = methodPutter(store, ports);
  return {
    api: controlPlane({ store, deployments, region, clock, logRole, putMethod, restApiType }),
    frontend: restApiFrontend({
      clock,
      logs: new StageLogs(logs, (group, stream) => {
        const roleArn = store.cloudWatchRoleArn;
        return roleArn !== undefined && logRole.mayWrite({ roleArn, group, stream });
      }),
      region,
      onError,
      putMetric,
      admitsRequest: options.admitsRequest,
      apis: store.apis,
      compiledOf: (api, stage) => deployments.compiledOf(api, stage),
      usagePlans: new UsagePlans(clock, { keyOf: (value) => store.keyOf(value), plans: () => store.plans.values() }),
    }),
    resourceTypes: [
      restApiType,
      ...methodResourceTypes(store, putMethod),
      ...stageResourceTypes(store, deployments),
      ...partResourceTypes(store),
      ...documentationResourceTypes(store, clock),
      ...usagePlanResourceTypes(store, clock),
      accountResourceType(store, logRole),
    ],
    routesOf: (apiId) => routesOf(store, apiId),
    stagesOf: (apiId) => {
      const api = store.apis.get(apiId);
      return api && Object.keys(api.stages);
    },
  };
}
