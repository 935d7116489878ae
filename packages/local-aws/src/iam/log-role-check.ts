import type { AccessControl } from './access-check.ts';
import { decide, requestContext } from './evaluate.ts';
import { type FunctionLog, functionLogAccess } from './function-log-access.ts';
import type { IamStore } from './iam-store.ts';

const service = 'apigateway.amazonaws.com';
const session = 'BackplaneAssumeRoleSession';
const needed = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** What API Gateway wants to know of the role that it writes an account's logs with. */
export function logRoleCheck(
  store: IamStore,
  access: AccessControl,
  region: string,
  hasLogGroup: (name: string) => boolean,
) {
  const mayWriteLog = functionLogAccess(access, region, hasLogGroup);
  return {
    /** Whether API Gateway may assume the role, and the role may write logs somewhere. */
    isUsable: (roleArn: string): boolean =>
      access.mayAssume({ kind: 'service', service }, roleArn) &&
      needed.every((action) => isGranted(store, roleArn, action)),
    mayWrite: (log: Omit<FunctionLog, 'functionName'>): boolean => mayWriteLog({ ...log, functionName: session }),
  };
}

/** On whatever resource and under whatever condition. */
function isGranted(store: IamStore, roleArn: string, action: string): boolean {
  const grants = store
    .policiesOf(roleArn)
    .identity.flatMap(({ statements }) => statements)
    .filter(({ effect }) => effect === 'Allow')
    .map((statement) => ({ ...statement, resources: undefined, conditions: [] }));
  return decide(grants, { action, resource: '*', context: requestContext({}) }) === 'allow';
}
