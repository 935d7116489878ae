import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { jsonApi } from '../core/json-protocol.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { secretActions } from './secret-actions.ts';
import { secretResourceTypes } from './secret-resource-types.ts';
import { SecretStore, type VersionQuery } from './secret-store.ts';

export type SecretsManager = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** @throws AwsError when there is no such secret or version, or its value is binary */
  textOf(region: string, secretId: string, version?: VersionQuery): string;
  /** The ARN that permissions name; undefined when there is no such secret. */
  arnOf(region: string, secretId: string): string | undefined;
  policyOf(resourceArn: string): string | undefined;
};

/** Secrets Manager. Values are neither encrypted nor rotated. */
export function createSecretsManager({
  clock,
  state,
  keys,
}: {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly keys: KeyRing;
}): SecretsManager {
  const store = new SecretStore(clock, state);
  const find = (region: string, secretId: string) => {
    try {
      return store.find(region, secretId);
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  };
  return {
    api: jsonApi('secretsmanager', '1.1', secretActions(store, keys)),
    resourceTypes: secretResourceTypes(store, keys),
    textOf(region, secretId, version = {}) {
      const { text } = store.version(store.usable(region, secretId), version);
      if (text !== undefined) return text;
      throw new AwsError('InvalidRequestException', `The value of the secret ${secretId} is binary.`);
    },
    arnOf: (region, secretId) => find(region, secretId)?.arn,
    policyOf: (resourceArn) =>
      resourceArn.startsWith('arn:aws:secretsmanager:') ? find('', resourceArn)?.policy : undefined,
  };
}
