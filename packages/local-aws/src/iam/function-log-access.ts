import { rolePrincipal } from '../core/credentials.ts';
import type { AccessControl } from './access-check.ts';
import { logsPermissions } from './messaging-permissions.ts';

/** A function's own log stream, which Lambda writes with the rights of the function's role. */
export type FunctionLog = {
  readonly roleArn: string;
  readonly functionName: string;
  readonly group: string;
  readonly stream: string;
};

/** Tells whether a function may write its log. One that may not runs all the same and leaves no trace, as on AWS. */
export function functionLogAccess(
  access: AccessControl,
  region: string,
  hasLogGroup: (name: string) => boolean,
): (log: FunctionLog) => boolean {
  return ({ roleArn, functionName, group, stream }) => {
    const principal = rolePrincipal(roleArn, functionName);
    const input = { logGroupName: group, logStreamName: stream };
    const actions = [...(hasLogGroup(group) ? [] : ['CreateLogGroup']), 'CreateLogStream', 'PutLogEvents'];
    return actions
      .flatMap((action) => logsPermissions({ action, input, region }))
      .every(({ action, resource }) => access.allows(principal, action, resource));
  };
}
