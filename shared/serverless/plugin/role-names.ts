import type { FunctionConfiguration } from './framework.ts';
import type { ServiceContext } from './service-context.ts';
import { ServiceFault } from './service-fault.ts';

const longestRoleName = 64;
/** The length of ap-southeast-1; no region has a longer name that a service is likely to go to. */
const longestRegion = 14;

/**
 * Refuses functions whose roles would have names that IAM does not allow, as `serverless-iam-roles-per-function` builds
 * them: `<service>-<stage>-<function>-<region>`. That plugin refuses them only in regions whose name makes them too long.
 * @throws ServiceFault that names the functions and the limit
 */
export function checkRoleNames({ name, stage, service: { functions, provider } }: ServiceContext): void {
  const region = Math.max(longestRegion, provider.region?.length ?? 0);
  const room = longestRoleName - region - [name, stage, ''].join('-').length - 1;
  const tooLong = Object.entries(functions)
    .filter(([, definition]) => hasOwnRole(definition))
    .filter(([functionName]) => functionName.length > room);
  if (tooLong.length === 0) return;
  const names = tooLong.map(([functionName]) => `functions.${functionName}`).join(', ');
  throw new ServiceFault(
    `${names}: the name is too long for a role. In the stage ${stage} a function of ${name} can have a name of ${room} ` +
      `characters, since IAM allows ${longestRoleName} to a role and regions have up to ${region}. Set ` +
      'iamRoleStatementsName, or use shorter names.',
  );
}

function hasOwnRole({ role, iamRoleStatementsName }: FunctionConfiguration): boolean {
  return role === undefined && iamRoleStatementsName === undefined;
}
