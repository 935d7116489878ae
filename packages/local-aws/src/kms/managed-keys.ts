import type { JsonAction } from '../core/json-protocol.ts';
import { accessDenied } from '../iam/access-denied.ts';
import { kmsPermissions } from '../iam/kms-permissions.ts';
import type { Lookups } from '../iam/permission.ts';

/**
 * The keys of AWS services can be looked at, but used only through their service and changed by nobody: their policies
 * do not even allow it to the account.
 */
export function withoutManagedKeys(
  actions: Readonly<Record<string, JsonAction>>,
  isManaged: (keyArn: string) => boolean,
  lookups: Lookups,
): Readonly<Record<string, JsonAction>> {
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]): [string, JsonAction] => {
      if (/^(?:Describe|Get|List)/.test(name)) return [name, action];
      return [
        name,
        (input, context) => {
          const { principal, region } = context;
          for (const permission of kmsPermissions({ action: name, input, region }, lookups)) {
            if (!isManaged(permission.resource)) continue;
            const access = { allowed: false, explicit: false, by: 'resource-based policy' } as const;
            throw accessDenied('kms', { principal, permission, access });
          }
          return action(input, context);
        },
      ];
    }),
  );
}
