import { accountId } from '../core/arn.ts';
import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { jsonApi } from '../core/json-protocol.ts';

/** There are no image repositories; `sls remove` asks before it goes on. */
export function createEcr(): AwsApi {
  return jsonApi('ecr', '1.1', {
    DescribeRepositories({ repositoryNames }) {
      const [name] = Array.isArray(repositoryNames) ? repositoryNames : [];
      if (name === undefined) return { repositories: [] };
      throw new AwsError(
        'RepositoryNotFoundException',
        `The repository with name '${String(name)}' does not exist in the registry with id '${accountId}'`,
      );
    },
  });
}
