import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { jsonApi } from '../core/json-protocol.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { repositoryResourceType } from './repository-resource-type.ts';
import { type Repository, RepositoryStore, registryId, repositoryArn, repositoryUri } from './repository-store.ts';

export type Ecr = { readonly api: AwsApi; readonly resourceTypes: readonly ResourceType[] };

/**
 * ECR: repositories that no image can be pushed to. `cdk bootstrap` creates one, and `sls remove` looks for one. Actions
 * on images are refused by name.
 */
export function createEcr({ clock, state }: { readonly clock: Clock; readonly state: StateStore }): Ecr {
  const store = new RepositoryStore(clock, state);
  return {
    api: jsonApi('ecr', '1.1', {
      DescribeRepositories({ repositoryNames }, { region }) {
        const repositories = Array.isArray(repositoryNames)
          ? repositoryNames.map((name) => requireRepository(store, region, String(name)))
          : store.list(region);
        return { repositories: repositories.map(described) };
      },
    }),
    resourceTypes: [repositoryResourceType(store)],
  };
}

function requireRepository(store: RepositoryStore, region: string, name: string): Repository {
  const found = store.find(region, name);
  if (found !== undefined) return found;
  throw new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
  );
}

function described({ region, name, createdAt }: Repository): object {
  return {
    registryId,
    repositoryName: name,
    repositoryArn: repositoryArn(region, name),
    repositoryUri: repositoryUri(region, name),
    createdAt: createdAt / 1000,
  };
}
