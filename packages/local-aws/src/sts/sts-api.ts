import { accountId, parseArn } from '../core/arn.ts';
import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { type CredentialStore, rolePrincipal } from '../core/credentials.ts';
import type { Principal } from '../core/principal.ts';
import { queryApi } from '../core/query-protocol.ts';

/** STS (AWS Query): who a caller is, and credentials of a role. */
export function stsApi(credentials: CredentialStore, clock: Clock): AwsApi {
  return queryApi('sts', 'https://sts.amazonaws.com/doc/2011-06-15/', {
    GetCallerIdentity: (_input, { principal }) => ({
      Arn: principal.kind === 'service' ? principal.service : principal.arn,
      UserId: userIdOf(principal),
      Account: accountId,
    }),
    AssumeRole(input) {
      const { RoleArn, RoleSessionName, DurationSeconds = '3600' } = input;
      if (typeof RoleArn !== 'string' || parseArn(RoleArn)?.resource.startsWith('role/') !== true) {
        throw new AwsError('ValidationError', `${String(RoleArn ?? '')} is invalid`);
      }
      if (typeof RoleSessionName !== 'string' || !/^[\w+=,.@-]{2,64}$/.test(RoleSessionName)) {
        throw new AwsError(
          'ValidationError',
          'RoleSessionName must have 2 to 64 characters of a-z, A-Z, 0-9 and _+=,.@-',
        );
      }
      const seconds = Number(DurationSeconds);
      if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) {
        throw new AwsError('ValidationError', 'DurationSeconds must be between 900 and 43200');
      }
      const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(RoleArn, RoleSessionName);
      const principal = rolePrincipal(RoleArn, RoleSessionName);
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(clock.now() + seconds * 1000),
        },
        AssumedRoleUser: {
          AssumedRoleId: userIdOf(principal),
          Arn: principal.kind === 'service' ? '' : principal.arn,
        },
      };
    },
  });
}

function userIdOf(principal: Principal): string {
  return principal.kind === 'role' ? `AROALOCAL:${principal.sessionName}` : accountId;
}
