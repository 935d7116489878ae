import { type ApiGateway, createApiGateway } from '../apigateway/api-gateway.ts';
import { createJwtVerifier } from '../apigateway/jwt.ts';
import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import type { UserPools } from '../cognito/user-pools.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { Inspector } from '../debug/inspect-functions.ts';
import { logRoleCheck } from '../iam/log-role-check.ts';
import { WebAcls } from '../wafv2/web-acls.ts';
import type { Foundation } from './foundation.ts';
import type { Permissions } from './permissions.ts';
import type { Storage } from './storage.ts';

type WebPorts = {
  readonly storage: Storage;
  readonly permissions: Permissions;
  readonly invoker: LambdaInvoker;
  readonly cloudWatch: CloudWatch;
  readonly inspector: Inspector | undefined;
  readonly userPools: UserPools;
};

export type Web = { readonly gateway: ApiGateway };

/** API Gateway, and web ACLs in front of it. */
export function registerWeb(
  { clock, state, region, credentials, doors, services, observer, limits, endpointUrl, onError }: Foundation,
  { storage: { logs }, permissions: { iam, access }, invoker, cloudWatch, inspector, userPools }: WebPorts,
): Web {
  const gateway = createApiGateway({
    // The timeouts of integrations stand still with a function.
    clock: inspector?.clock ?? clock,
    state,
    lambda: invoker,
    dispatch: doors.dispatch,
    logs: logs.sink,
    region,
    credentials,
    isAllowed: ({ principal, action, resource }) => access.allows(principal, action, resource),
    // Without a source: API Gateway names none when it assumes the role of an integration.
    mayAssume: (roleArn) => access.mayAssume({ kind: 'service', service: 'apigateway.amazonaws.com' }, roleArn),
    verifyJwt: createJwtVerifier(clock, (name) => userPools.keysOf(name)),
    putMetric: cloudWatch.putMetric,
    observer,
    admitsRequest: limits && (() => limits.admits('gatewayRequests', region)),
    logRole: logRoleCheck(iam.store, access, region, (group) => logs.groups.has(group)),
    onError,
    endpointUrl,
  });
  services.register({ apis: { apigateway: gateway.api }, resourceTypes: gateway.resourceTypes });

  const webAcls = new WebAcls({ state, hasResource: (resourceArn) => gateway.hasRestStage(resourceArn) });
  services.register({ resourceTypes: webAcls.resourceTypes });
  return { gateway };
}
