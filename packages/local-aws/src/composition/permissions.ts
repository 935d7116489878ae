import { AccessCheck, type AccessControl, noAccessControl } from '../iam/access-check.ts';
import { GrantUsage } from '../iam/grant-usage.ts';
import { createIam, type Iam } from '../iam/iam.ts';
import { resourcePolicies } from '../iam/resource-policies.ts';
import { stsApi } from '../sts/sts-api.ts';
import type { Foundation } from './foundation.ts';
import type { Storage } from './storage.ts';

export type Permissions = { readonly iam: Iam; readonly access: AccessControl; readonly grantUsage: GrantUsage };

/** IAM and STS, and the check of every call against the policies. */
export function registerPermissions(
  { clock, state, credentials, services, watcher }: Foundation,
  { isEnforced, storage: { dynamoDb, secrets } }: { readonly isEnforced: boolean; readonly storage: Storage },
): Permissions {
  const iam = createIam({ clock, state });
  services.register({
    apis: { iam: iam.api, sts: stsApi(credentials, clock) },
    resourceTypes: iam.resourceTypes,
  });
  const grantUsage = new GrantUsage(iam.store);
  const access = isEnforced
    ? new AccessCheck({
        store: iam.store,
        clock,
        lookups: {
          hashKey: (tableArn, index) => dynamoDb.facts.hashKey(tableArn, index),
          secretArn: (region, secretId) => secrets.arnOf(region, secretId),
          streamOfIterator: (iterator, inRegion) => dynamoDb.facts.streamOfIterator(iterator, inRegion),
        },
        resourcePolicy: resourcePolicies((resourceArn) => services.policyOf(resourceArn)),
        onDecision: (decision) => {
          grantUsage.record(decision);
          watcher?.decided(decision);
        },
      })
    : noAccessControl;
  return { iam, access, grantUsage };
}
