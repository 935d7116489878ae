import type { KeyRing } from '../core/key-ring.ts';
import { AccessCheck, type AccessControl, noAccessControl } from '../iam/access-check.ts';
import { GrantUsage } from '../iam/grant-usage.ts';
import { createIam, type Iam } from '../iam/iam.ts';
import type { Lookups } from '../iam/permission.ts';
import { resourcePolicies } from '../iam/resource-policies.ts';
import { EncryptedCalls } from '../kms/encrypted-calls.ts';
import { stsApi } from '../sts/sts-api.ts';
import type { Foundation } from './foundation.ts';

export type Permissions = {
  readonly iam: Iam;
  readonly access: AccessControl;
  readonly grantUsage: GrantUsage;
  readonly encrypted: EncryptedCalls;
};

type Options = {
  readonly isEnforced: boolean;
  readonly lookups: Lookups;
  readonly keysIn: (region: string) => KeyRing | undefined;
};

/** IAM and STS, and the check of every call against the policies. */
export function registerPermissions(
  { clock, state, credentials, services, watcher }: Foundation,
  { isEnforced, lookups, keysIn }: Options,
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
  const encrypted = new EncryptedCalls({
    keysIn,
    encryptionKeyOf: (resourceArn) => services.encryptionKeyOf(resourceArn),
    lookups,
  });
  return { iam, access, grantUsage, encrypted };
}
