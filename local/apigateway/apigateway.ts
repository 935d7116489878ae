import { parseArn } from '../core/arn.ts';
import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { LogSink } from '../core/log-sink.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import type { ApiFrontend, RouteAccess } from '../core/web.ts';
import { createJwtVerifier, type JwtVerifier } from '../execute-api/jwt.ts';
import type { PolicyCheck } from '../execute-api/signed-caller.ts';
import { authorization } from './authorize.ts';
import type { MayAssume } from './check-role.ts';
import { controlPlane } from './control-plane.ts';
import { Deployments } from './deployments.ts';
import { restApiFrontend } from './frontend.ts';
import { accountResourceType, anyLogRole, type LogRoleCheck } from './log-role.ts';
import { methodResourceTypes } from './method-resource-types.ts';
import { partResourceTypes } from './part-resource-types.ts';
import { restApiResourceType } from './rest-api-resource-type.ts';
import { RestApiStore } from './rest-api-store.ts';
import { routesOf } from './routes-of.ts';
import { StageLogs } from './stage-logs.ts';
import type { PutMetric } from './stage-metrics.ts';
import { stageResourceTypes } from './stage-resource-types.ts';
import { usagePlanResourceTypes } from './usage-plan-resource-types.ts';
import { UsagePlans } from './usage-plans.ts';

export type ApiGatewayOptions = {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly lambda: LambdaInvoker;
  /** The door to the other services, for integrations with them. */
  readonly dispatch: AwsApi;
  readonly logs: LogSink;
  readonly region: string;
  /** Tells whose an access key is, for AWS_IAM methods. */
  readonly credentials: Pick<CredentialStore, 'principalOf'>;
  /** Told of failures that are the endpoint's own; the client gets a 500. */
  readonly onError: (error: unknown) => void;
  /** Gets the metrics of every request, of the namespace `AWS/ApiGateway`. */
  readonly onMetric?: PutMetric;
  /** Whether a caller of an AWS_IAM method may; everyone may without it. */
  readonly isAllowed?: PolicyCheck;
  /** Whether API Gateway may take a role for an integration or an authorizer; it may take any without it. */
  readonly mayAssume?: MayAssume;
  /** Shared with HTTP APIs, so that an issuer's keys are fetched once. */
  readonly verifyJwt?: JwtVerifier;
  /** About the role that logs are written with; any will do without it. */
  readonly logRole?: LogRoleCheck;
  /** The issuer of a user pool's tokens, by the pool's ARN; Amazon Cognito's own without it. */
  readonly issuerOf?: (userPoolArn: string) => string;
};

export type ApiGateway = {
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
export function createApiGateway(options: ApiGatewayOptions): ApiGateway {
  const {
    clock,
    state,
    lambda,
    dispatch,
    logs,
    region,
    credentials,
    onError,
    logRole = anyLogRole,
    mayAssume = () => true,
  } = options;
  const store = new RestApiStore(state);
  const authorizationOf = authorization({
    clock,
    lambda,
    credentials,
    isAllowed: options.isAllowed ?? (() => true),
    mayAssume,
    verifyJwt: options.verifyJwt ?? createJwtVerifier(clock),
    issuerOf: options.issuerOf ?? cognitoIssuer,
  });
  const ports = { clock, lambda, dispatch, mayAssume, authorizationOf };
  const deployments = new Deployments(store, clock, ports);
  return {
    api: controlPlane({ store, deployments, region, clock, logRole }),
    frontend: restApiFrontend({
      clock,
      logs: new StageLogs(logs, (group, stream) => {
        const roleArn = store.cloudWatchRoleArn;
        return roleArn !== undefined && logRole.mayWrite({ roleArn, group, stream });
      }),
      region,
      onError,
      onMetric: options.onMetric,
      apis: store.apis,
      compiledOf: (api, stage) => deployments.compiledOf(api, stage),
      usagePlans: new UsagePlans(clock, { keys: () => store.keys.values(), plans: () => store.plans.values() }),
    }),
    resourceTypes: [
      restApiResourceType(store, clock),
      ...methodResourceTypes(store, ports),
      ...stageResourceTypes(store, deployments),
      ...partResourceTypes(store),
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

function cognitoIssuer(userPoolArn: string): string {
  const pool = parseArn(userPoolArn);
  return `https://cognito-idp.${pool?.region}.amazonaws.com/${pool?.resource.replace(/^userpool\//, '')}`;
}
