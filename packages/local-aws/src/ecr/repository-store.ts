import * as z from 'zod';
import { accountId, arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { Collection, StateStore } from '../core/state-store.ts';

const repositorySchema = z.object({ region: z.string(), name: z.string(), createdAt: z.number() });
export type Repository = z.infer<typeof repositorySchema>;

/** The registry of an account has the id of the account. */
export const registryId = accountId;

export function repositoryArn(region: string, name: string): string {
  return arn('ecr', region, `repository/${name}`);
}

export function repositoryUri(region: string, name: string): string {
  return `${registryId}.dkr.ecr.${region}.amazonaws.com/${name}`;
}

/** The repositories of all regions. */
export class RepositoryStore {
  readonly #clock: Clock;
  readonly #kept: Collection<Repository>;
  readonly #repositories: Map<string, Repository>;

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#kept = state.collection('ecr/repositories', repositorySchema);
    this.#repositories = new Map(this.#kept.entries());
  }

  list(region: string): readonly Repository[] {
    return [...this.#repositories.values()].filter((repository) => repository.region === region);
  }

  find(region: string, name: string): Repository | undefined {
    return this.#repositories.get(repositoryArn(region, name));
  }

  /** @throws AwsError RepositoryAlreadyExistsException */
  add(region: string, name: string): void {
    const key = repositoryArn(region, name);
    if (this.#repositories.has(key)) {
      throw new AwsError(
        'RepositoryAlreadyExistsException',
        `The repository with name '${name}' already exists in the registry with id '${registryId}'`,
      );
    }
    const repository = { region, name, createdAt: this.#clock.now() };
    this.#repositories.set(key, repository);
    this.#kept.put(key, repository);
  }

  delete(region: string, name: string): void {
    const key = repositoryArn(region, name);
    if (this.#repositories.delete(key)) this.#kept.delete(key);
  }
}
