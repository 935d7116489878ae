import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { Mirror } from '../core/mirror.ts';
import type { StateStore } from '../core/state-store.ts';

const clientSchema = z.object({
  id: z.string(),
  name: z.string(),
  secret: z.string().optional(),
  /** Scopes that its tokens may have; undefined when OAuth is off, so that they have none. */
  scopes: z.array(z.string()).optional(),
  /** Seconds. */
  accessTokenValidity: z.number(),
});
const userPoolSchema = z.object({
  id: z.string(),
  arn: z.string(),
  name: z.string(),
  stackName: z.string(),
  isProtected: z.boolean(),
  domain: z.string().optional(),
  /** Names of scopes by the identifier of the resource server that has them. */
  resourceServers: z.record(z.string(), z.array(z.string())),
  clients: z.array(clientSchema),
});

export type UserPoolClient = z.infer<typeof clientSchema>;
export type UserPool = z.infer<typeof userPoolSchema>;

/** Scopes that every pool has. */
const standardScopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

/** User pools with their clients, without users. Code that changes one in place calls `changed`. */
export class UserPoolStore {
  readonly #mirror: Mirror<UserPool>;
  readonly #pools: Map<string, UserPool>;

  constructor(state: StateStore) {
    this.#mirror = new Mirror(state, 'cognito/user-pools', userPoolSchema, () => this.#pools);
    this.#pools = this.#mirror.kept();
  }

  list(): readonly UserPool[] {
    return [...this.#pools.values()];
  }

  find(id: string): UserPool | undefined {
    return this.#pools.get(id);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(id: string): UserPool {
    const pool = this.#pools.get(id);
    if (pool === undefined) throw new AwsError('ResourceNotFoundException', `User pool ${id} does not exist.`);
    return pool;
  }

  put(pool: UserPool): void {
    this.#pools.set(pool.id, pool);
    this.changed();
  }

  /** @throws AwsError while the pool is protected or has a domain */
  remove(id: string): void {
    const pool = this.#pools.get(id);
    if (pool?.isProtected === true) {
      throw new AwsError(
        'InvalidParameterException',
        'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
      );
    }
    if (pool?.domain !== undefined) {
      throw new AwsError(
        'InvalidParameterException',
        'User pool cannot be deleted. It has a domain configured that should be deleted first.',
      );
    }
    this.#pools.delete(id);
    this.changed();
  }

  changed(): void {
    this.#mirror.changed();
  }
}

/** All scopes that a pool knows. */
export function scopesOf({ resourceServers }: UserPool): readonly string[] {
  const own = Object.entries(resourceServers).flatMap(([identifier, names]) =>
    names.map((name) => `${identifier}/${name}`),
  );
  return [...standardScopes, ...own];
}
