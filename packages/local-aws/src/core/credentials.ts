import { createHash, createHmac, randomBytes } from 'node:crypto';
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

const root: Principal = { kind: 'account', arn: arn('iam', '', 'root', accountId) };

/**
 * Hands out session credentials for roles and tells whose an access key is. Keys that it did not issue are the
 * developer's own and act as the account root, so `AWS_ACCESS_KEY_ID=test` works.
 */
export class CredentialStore {
  readonly #issued = new Map<string, { readonly principal: Principal; readonly credentials: Credentials }>();
  /** Secrets come from it, not from names alone: those of roles are in public templates. */
  readonly #key = randomBytes(32);
  /** The endpoint's own, for the URLs that it presigns. */
  readonly own: Credentials = this.#add('AKIALOCALENDPOINT000', root);

  /** The same role and session always get the same access key, so that it survives a restart of the endpoint. */
  issue(roleArn: string, sessionName: string): Credentials {
    const digest = createHash('sha256').update(`${roleArn}\n${sessionName}`).digest('hex').toUpperCase();
    return this.#add(`ASIA${digest.slice(0, 16)}`, rolePrincipal(roleArn, sessionName));
  }

  principalOf(accessKeyId: string | undefined): Principal {
    const known = accessKeyId === undefined ? undefined : this.#issued.get(accessKeyId);
    return known?.principal ?? root;
  }

  /** What was issued under an access key; undefined for a key of the developer, whose secret is not known. */
  credentialsOf(accessKeyId: string): Credentials | undefined {
    return this.#issued.get(accessKeyId)?.credentials;
  }

  #add(accessKeyId: string, principal: Principal): Credentials {
    const secret = createHmac('sha512', this.#key).update(accessKeyId).digest('hex');
    const credentials = { accessKeyId, secretAccessKey: secret.slice(0, 40), sessionToken: secret.slice(40) };
    this.#issued.set(accessKeyId, { principal, credentials });
    return credentials;
  }
}
