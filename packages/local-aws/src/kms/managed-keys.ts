import type { JsonAction } from '../core/json-protocol.ts';
import { accessDenied } from '../iam/access-denied.ts';
import { kmsPermissions } from '../iam/kms-permissions.ts';
import type { Lookups } from '../iam/permission.ts';

/**
 * Refuses calls that use or change the key of an AWS service. Their policies let the account look at them only, and other
 * principals use them through the service.
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
