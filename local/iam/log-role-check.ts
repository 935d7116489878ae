import type { AccessControl } from './access-check.ts';
import { evaluateResourcePolicy } from './authorize.ts';
import { decide, requestContext } from './evaluate.ts';
import { type FunctionLog, functionLogAccess } from './function-log-access.ts';
import type { IamStore } from './iam-store.ts';
import { parsePolicy } from './policy-document.ts';

const service = 'apigateway.amazonaws.com';
const session = 'BackplaneAssumeRoleSession';
const needed = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** What API Gateway wants to know of the role that it writes an account's logs with. */
export function logRoleCheck(store: IamStore, access: AccessControl, hasLogGroup: (name: string) => boolean) {
  const mayWriteLog = functionLogAccess(access, hasLogGroup);
  return {
    /** Whether API Gateway may assume the role, and the role may write logs somewhere. */
    isUsable: (roleArn: string): boolean =>
      trusts(store, roleArn) && needed.every((action) => isGranted(store, roleArn, action)),
    mayWrite: (log: Omit<FunctionLog, 'functionName'>): boolean => mayWriteLog({ ...log, functionName: session }),
  };
}

function trusts(store: IamStore, roleArn: string): boolean {
  const role = store.roleByArn(roleArn);
  if (role === undefined) return false;
  const principal = { kind: 'service', service } as const;
  const question = { principal, action: 'sts:AssumeRole', resource: roleArn, context: requestContext({}) };
  return evaluateResourcePolicy(parsePolicy(role.trustPolicy, 'trust'), question) === 'allow';
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
