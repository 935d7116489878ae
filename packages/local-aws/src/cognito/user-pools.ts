import { randomUUID } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { DiscoveryError } from '../apigateway/jwks.ts';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import type { OidcIssuer } from '../oidc/issuer.ts';
import { clientResourceType } from './client-resource-type.ts';
import { userPoolResourceTypes } from './user-pool-resource-types.ts';
import { scopesOf, type UserPool, type UserPoolClient, UserPoolStore } from './user-pool-store.ts';

export type PoolTokenRequest = {
  /** The pool's id. */
  readonly pool: string;
  /** The client's id; the pool's only client without it. */
  readonly client?: string | undefined;
  readonly sub: string;
  /** An access token without it; an identity token has no scopes. */
  readonly use?: 'access' | 'id' | undefined;
  readonly scopes?: readonly string[];
  /** Seconds; the client's own setting without it. */
  readonly expiresIn?: number | undefined;
  /** Further claims; the registered ones cannot be replaced. */
  readonly claims?: JsonObject;
};

/** What a client of an OAuth token endpoint gets. */
export type PoolToken = { readonly token: string; readonly expiresIn: number; readonly scopes: readonly string[] };

export type PoolSummary = {
  readonly id: string;
  readonly name: string;
  readonly stackName: string;
  readonly clients: readonly { readonly id: string; readonly name: string; readonly scopes: readonly string[] }[];
};

/** Of a client that does without OAuth. */
const signInScopes = ['aws.cognito.signin.user.admin'];

const issuerName = /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com\/([a-z0-9-]+_[A-Za-z0-9]+)$/;

/** Amazon Cognito as far as APIs need it: pools without users, whose tokens anyone may have for the asking. */
export class UserPools {
  readonly resourceTypes: readonly ResourceType[];
  readonly #store: UserPoolStore;
  readonly #issuer: OidcIssuer;
  readonly #onNote: (text: string) => void;
  readonly #noted = new Set<string>();

  /** @param onNote told, once each, of pools whose tokens cannot be verified */
  constructor(ports: {
    readonly state: StateStore;
    readonly issuer: OidcIssuer;
    readonly onNote: (text: string) => void;
  }) {
    this.#store = new UserPoolStore(ports.state);
    this.#issuer = ports.issuer;
    this.#onNote = ports.onNote;
    this.resourceTypes = [...userPoolResourceTypes(this.#store), clientResourceType(this.#store)];
  }

  has(poolId: string): boolean {
    return this.#store.find(poolId) !== undefined;
  }

  list(): readonly PoolSummary[] {
    return this.#store.list().map(({ id, name, stackName, clients }) => ({
      id,
      name,
      stackName,
      clients: clients.map((client) => ({ id: client.id, name: client.name, scopes: client.scopes ?? signInScopes })),
    }));
  }

  /** The keys of an issuer that is a user pool; AWS is not asked about those that are not here. */
  keysOf(issuer: string): Promise<JSONWebKeySet> | undefined {
    const poolId = issuerName.exec(issuer)?.[1];
    if (poolId === undefined) return undefined;
    if (this.has(poolId)) return this.#issuer.keySet();
    if (!this.#noted.has(poolId)) {
      this.#noted.add(poolId);
      this.#onNote(
        `User pool ${poolId} is in no stack here, so that its tokens cannot be verified: every one is refused.`,
      );
    }
    throw new DiscoveryError(`user pool ${poolId} does not exist here`);
  }

  /** A token as Amazon Cognito makes them. @throws AwsError `invalid_request`, `invalid_client`, `invalid_scope` */
  async issueToken(request: PoolTokenRequest): Promise<PoolToken> {
    const pool = this.#store.find(request.pool);
    if (pool === undefined) throw new AwsError('invalid_request', `there is no user pool ${request.pool}`);
    const client = clientOf(pool, request.client);
    const scopes = request.scopes ?? [];
    checkScopes(scopes, pool, client);
    const expiresIn = request.expiresIn ?? client.accessTokenValidity;
    const times = this.#issuer.times(expiresIn);
    const isIdentity = request.use === 'id';
    if (isIdentity && scopes.length > 0) throw new AwsError('invalid_scope', 'an identity token has no scopes');
    const token = await this.#issuer.sign({
      [isIdentity ? 'cognito:username' : 'username']: request.sub,
      ...request.claims,
      sub: request.sub,
      iss: `https://cognito-idp.${pool.id.split('_')[0]}.amazonaws.com/${pool.id}`,
      origin_jti: randomUUID(),
      event_id: randomUUID(),
      auth_time: times.iat,
      ...times,
      ...(isIdentity
        ? { token_use: 'id', aud: client.id }
        : { token_use: 'access', client_id: client.id, scope: scopes.join(' '), version: 2 }),
    });
    return { token, expiresIn, scopes };
  }
}

function clientOf({ id, clients }: UserPool, wanted: string | undefined): UserPoolClient {
  const [only, another] = clients;
  if (wanted === undefined && only !== undefined && another === undefined) return only;
  const known = `user pool ${id} has ${clients.map((client) => `${client.id} (${client.name})`).join(', ') || 'none'}`;
  const found = clients.find((client) => client.id === wanted || client.name === wanted);
  if (found !== undefined) return found;
  throw new AwsError(
    'invalid_client',
    wanted === undefined ? `one of its clients must be named: ${known}` : `there is no client ${wanted}: ${known}`,
  );
}

function checkScopes(scopes: readonly string[], pool: UserPool, client: UserPoolClient): void {
  const allowed = client.scopes ?? signInScopes;
  const unknown = scopes.filter((scope) => !scopesOf(pool).includes(scope));
  if (unknown.length > 0)
    throw new AwsError('invalid_scope', `user pool ${pool.id} has no scope ${unknown.join(', ')}`);
  const refused = scopes.filter((scope) => !allowed.includes(scope));
  if (refused.length > 0) {
    throw new AwsError('invalid_scope', `client ${client.name} may not have ${refused.join(', ')}`);
  }
}
