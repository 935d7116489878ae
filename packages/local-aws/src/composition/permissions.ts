import { AccessCheck, type AccessControl, noAccessControl } from '../iam/access-check.ts';
import { GrantUsage } from '../iam/grant-usage.ts';
import { createIam, type Iam } from '../iam/iam.ts';
import type { Lookups } from '../iam/permission.ts';
import { resourcePolicies } from '../iam/resource-policies.ts';
import { stsApi } from '../sts/sts-api.ts';
import type { Foundation } from './foundation.ts';

export type Permissions = { readonly iam: Iam; readonly access: AccessControl; readonly grantUsage: GrantUsage };

/** IAM and STS, and the check of every call against the policies. */
export function registerPermissions(
  { clock, state, credentials, services, watcher }: Foundation,
  { isEnforced, lookups }: { readonly isEnforced: boolean; readonly lookups: Lookups },
): Permissions {
  const iam = createIam({ clock, state });
  const grantUsage = new GrantUsage(iam.store);
  const access = isEnforced
    ? new AccessCheck({
        store: iam.store,
        clock,
        lookups,
        resourcePolicy: resourcePolicies((resourceArn) => services.policyOf(resourceArn)),
        onDecision: (decision) => {
          grantUsage.record(decision);
          watcher?.decided(decision);
        },
      })
    : noAccessControl;
  services.register({
    apis: { iam: iam.api, sts: stsApi({ credentials, clock, access }) },
    resourceTypes: iam.resourceTypes,
  });
  return { iam, access, grantUsage };
}
