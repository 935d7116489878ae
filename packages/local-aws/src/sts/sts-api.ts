import { accountId } from '../core/arn.ts';
import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { type CredentialStore, rolePrincipal } from '../core/credentials.ts';
import type { Principal } from '../core/principal.ts';
import { queryApi } from '../core/query-protocol.ts';
import type { AccessControl } from '../iam/access-check.ts';
import { readAssumeRole } from './read-assume-role.ts';

type Ports = {
  readonly credentials: CredentialStore;
  readonly clock: Clock;
  readonly access: Pick<AccessControl, 'mayAssume'>;
};

/** STS (AWS Query): who a caller is, and credentials of a role. */
export function stsApi({ credentials, clock, access }: Ports): AwsApi {
  return queryApi('sts', 'https://sts.amazonaws.com/doc/2011-06-15/', {
    GetCallerIdentity: (_input, { principal }) => ({
      Arn: principal.kind === 'service' ? principal.service : principal.arn,
      UserId: userIdOf(principal),
      Account: accountId,
    }),
    AssumeRole(input, { principal: caller }) {
      const { roleArn, sessionName, durationSeconds, permissions, keys, sourceIdentity } = readAssumeRole(input);
      const missing = permissions.find((action) => !access.mayAssume(caller, roleArn, { action, keys }));
      if (missing !== undefined) {
        const user = caller.kind === 'service' ? caller.service : caller.arn;
        throw new AwsError(
          'AccessDenied',
          `User: ${user} is not authorized to perform: ${missing} on resource: ${roleArn}`,
          403,
        );
      }
      const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(roleArn, sessionName);
      const principal = rolePrincipal(roleArn, sessionName);
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(clock.now() + durationSeconds * 1000),
        },
        AssumedRoleUser: {
          AssumedRoleId: userIdOf(principal),
          Arn: principal.kind === 'service' ? '' : principal.arn,
        },
        SourceIdentity: sourceIdentity,
      };
    },
  });
}

function userIdOf(principal: Principal): string {
  return principal.kind === 'role' ? `AROALOCAL:${principal.sessionName}` : accountId;
}
