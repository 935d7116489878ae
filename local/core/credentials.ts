import { createHash } from 'node:crypto';
import { accountId, arn } from './arn.ts';
import type { Principal } from './principal.ts';

/** As in the environment of a function; they do not expire. */
export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
};

/** A session of the role as AssumeRole names it, without the path of the role; it need not exist. */
export function rolePrincipal(roleArn: string, sessionName: string): Principal {
  const roleName = roleArn.split('/').at(-1) ?? roleArn;
  return { kind: 'role', roleArn, sessionName, arn: arn('sts', '', `assumed-role/${roleName}/${sessionName}`) };
}

/**
 * Hands out session credentials for roles and tells whose an access key is. Keys that it did not issue are the
 * developer's own and act as the account root, so `AWS_ACCESS_KEY_ID=test` works.
 */
export class CredentialStore {
  readonly #principals = new Map<string, Principal>();

  /** The same role and session always get the same key, so that it survives a restart of the endpoint. */
  issue(roleArn: string, sessionName: string): Credentials {
    const digest = createHash('sha256').update(`${roleArn}\n${sessionName}`).digest('hex').toUpperCase();
    const accessKeyId = `ASIA${digest.slice(0, 16)}`;
    this.#principals.set(accessKeyId, rolePrincipal(roleArn, sessionName));
    return { accessKeyId, secretAccessKey: digest.slice(16, 56), sessionToken: digest.slice(24) };
  }

  principalOf(accessKeyId: string | undefined): Principal {
    const known = accessKeyId === undefined ? undefined : this.#principals.get(accessKeyId);
    return known ?? { kind: 'account', arn: arn('iam', '', 'root', accountId) };
  }
}
