import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { jsonApi } from '../core/json-protocol.ts';
import type { KeyRing, KeyUse } from '../core/key-ring.ts';
import type { Principal } from '../core/principal.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { kmsContext } from '../iam/kms-permissions.ts';
import type { Permission } from '../iam/permission.ts';
import { aliasActions } from './alias-actions.ts';
import { keyIdIn } from './ciphertext.ts';
import { cryptoActions } from './crypto-actions.ts';
import { type Key, keyArn } from './key.ts';
import { keyActions } from './key-actions.ts';
import { KeyStore } from './key-store.ts';
import { kmsResourceTypes } from './kms-resource-types.ts';
import { withoutManagedKeys } from './managed-keys.ts';

export type Kms = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  readonly keys: KeyRing;
  /** The ARN that permissions name; undefined when there is no such key. @param reference an id, ARN or alias */
  arnOf(reference: string): string | undefined;
  /** The ARN of the key that encrypted something. @param blob in Base64 */
  arnOfCiphertext(blob: string): string | undefined;
  policyOf(resourceArn: string): string | undefined;
};

/** KMS in one region: symmetric keys that encrypt. Their material is in the state of the endpoint and nowhere else. */
export function createKms({
  clock,
  state,
  region,
  refusal,
}: {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly region: string;
  /** Why a permission is not given, when it is not. */
  readonly refusal: (principal: Principal, permission: Permission) => AwsError | undefined;
}): Kms {
  const store = new KeyStore(clock, state, region);
  const find = (reference: string): Key | undefined => ifFound(() => store.find(reference));
  const arnOf = (reference: string): string | undefined => {
    const key = find(reference);
    return key && keyArn(region, key.id);
  };
  const arnOfCiphertext = (blob: string): string | undefined =>
    ifFound(() => keyArn(region, keyIdIn(Buffer.from(blob, 'base64'))));
  const lookups = {
    keyArn: (_: string, reference: string) => arnOf(reference),
    keyOfCiphertext: (_: string, blob: string) => arnOfCiphertext(blob),
  };
  const checkedUse = ({ key, principal, service, actions: names, encryptionContext }: KeyUse, resource: string) => {
    if (principal.kind === 'account') return resource;
    const context = { ...kmsContext(encryptionContext, key), 'kms:ViaService': `${service}.${region}.amazonaws.com` };
    for (const name of names) {
      const error = refusal(principal, { action: `kms:${name}`, resource, context });
      if (error !== undefined) throw error;
    }
    return resource;
  };
  const actions = { ...keyActions(store), ...aliasActions(store), ...cryptoActions(store) };
  return {
    api: jsonApi(
      'kms',
      '1.1',
      withoutManagedKeys(actions, (resource) => isKey(resource) && find(resource)?.managedFor !== undefined, lookups),
    ),
    resourceTypes: kmsResourceTypes(store),
    keys: {
      get areInUse() {
        return store.hasCustomerKeys;
      },
      usable: (key) => keyArn(region, store.usable(key).id),
      use: (use) => checkedUse(use, keyArn(region, store.usable(use.key).id)),
    },
    arnOf,
    arnOfCiphertext,
    policyOf: (resourceArn) => (isKey(resourceArn) ? find(resourceArn)?.policy : undefined),
  };
}

function isKey(resourceArn: string): boolean {
  return /^arn:aws:kms:[^:]*:\d+:key\//.test(resourceArn);
}

function ifFound<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
