import * as z from 'zod';
import { accountId } from '../core/arn.ts';
import type { JsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { readInput } from '../core/read-input.ts';
import { currentMaterial, type Key, keyArn } from './key.ts';
import { checkKeyPolicy, defaultKeyPolicy } from './key-policy.ts';
import type { KeyStore } from './key-store.ts';
import { checkTags, tagSchema, tagsOf } from './key-tags.ts';
import { noGrants, notPendingDeletion, unsupportedKey, validation } from './kms-error.ts';
import { pageOf, paging } from './page.ts';

const keyId = z.string().min(1).max(2048);
const description = z.string().max(8192);
const policy = z.string().min(1).max(131_072);
const lockout = z.boolean().default(false);
const specs = [
  ...['SYMMETRIC_DEFAULT', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'],
  ...['ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519', 'HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512', 'SM2'],
  ...['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'],
];
const spec = z.enum(specs);

const inputs = {
  create: z.strictObject({
    Policy: policy.optional(),
    Description: description.default(''),
    KeyUsage: z.enum(['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT']).optional(),
    KeySpec: spec.optional(),
    CustomerMasterKeySpec: spec.optional(),
    Origin: z.enum(['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE']).default('AWS_KMS'),
    CustomKeyStoreId: z.string().optional(),
    BypassPolicyLockoutSafetyCheck: lockout,
    Tags: z.array(tagSchema).default([]),
    MultiRegion: z.boolean().default(false),
  }),
  key: z.strictObject({ KeyId: keyId }),
  describe: z.strictObject({ KeyId: keyId, GrantTokens: noGrants }),
  description: z.strictObject({ KeyId: keyId, Description: description }),
  list: z.strictObject(paging(100)),
  schedule: z.strictObject({ KeyId: keyId, PendingWindowInDays: z.int().min(7).max(30).default(30) }),
  rotation: z.strictObject({ KeyId: keyId, RotationPeriodInDays: z.int().min(90).max(2560).default(365) }),
  policy: z.strictObject({ KeyId: keyId, PolicyName: z.literal('default').default('default') }),
  putPolicy: z.strictObject({
    KeyId: keyId,
    PolicyName: z.literal('default').default('default'),
    Policy: policy,
    BypassPolicyLockoutSafetyCheck: lockout,
  }),
  listPolicies: z.strictObject({ KeyId: keyId, ...paging(100) }),
  tag: z.strictObject({ KeyId: keyId, Tags: z.array(tagSchema) }),
  untag: z.strictObject({ KeyId: keyId, TagKeys: z.array(z.string()) }),
  listTags: z.strictObject({ KeyId: keyId, ...paging(50) }),
};

/** Keys: make, describe, list, enable, rotate, delete; their policies and tags. */
export function keyActions(store: KeyStore): Readonly<Record<string, JsonAction>> {
  return {
    CreateKey(input, { principal }) {
      const { Policy, Description, Tags, BypassPolicyLockoutSafetyCheck, ...kind } = readInput(input, inputs.create);
      checkKind(kind);
      checkTags(Tags);
      const text = Policy ?? JSON.stringify(defaultKeyPolicy());
      checkKeyPolicy(text, principal, BypassPolicyLockoutSafetyCheck);
      return { KeyMetadata: metadata(store.create({ description: Description, policy: text, tags: tagsOf(Tags) })) };
    },
    DescribeKey: (input) => ({ KeyMetadata: metadata(store.find(readInput(input, inputs.describe).KeyId)) }),
    ListKeys(input) {
      const { items, ...rest } = pageOf(
        (after) => store.ids(after),
        readInput(input, inputs.list),
        (id) => id,
      );
      return { Keys: items.map((id) => ({ KeyId: id, KeyArn: keyArn(store.region, id) })), ...rest };
    },
    UpdateKeyDescription(input) {
      const { KeyId, Description } = readInput(input, inputs.description);
      store.change(store.notPendingDeletion(KeyId), { description: Description });
      return {};
    },
    EnableKey(input) {
      store.change(store.notPendingDeletion(readInput(input, inputs.key).KeyId), { isEnabled: true });
      return {};
    },
    DisableKey(input) {
      store.change(store.notPendingDeletion(readInput(input, inputs.key).KeyId), { isEnabled: false });
      return {};
    },
    ScheduleKeyDeletion(input) {
      const { KeyId, PendingWindowInDays } = readInput(input, inputs.schedule);
      const { id, deletionAt = 0 } = store.scheduleDeletion(store.notPendingDeletion(KeyId), PendingWindowInDays);
      return {
        KeyId: keyArn(store.region, id),
        DeletionDate: deletionAt / 1000,
        KeyState: 'PendingDeletion',
        PendingWindowInDays,
      };
    },
    CancelKeyDeletion(input) {
      const key = store.find(readInput(input, inputs.key).KeyId);
      if (key.deletionAt === undefined) throw notPendingDeletion(keyArn(store.region, key.id));
      store.change(key, { deletionAt: undefined });
      return { KeyId: keyArn(store.region, key.id) };
    },
    ...rotationActions(store),
    ...policyActions(store),
    ...tagActions(store),
  };
}

function rotationActions(store: KeyStore): Readonly<Record<string, JsonAction>> {
  return {
    EnableKeyRotation(input) {
      const { KeyId, RotationPeriodInDays } = readInput(input, inputs.rotation);
      store.setRotation(store.usable(KeyId), RotationPeriodInDays);
      return {};
    },
    DisableKeyRotation(input) {
      store.setRotation(store.usable(readInput(input, inputs.key).KeyId), undefined);
      return {};
    },
    GetKeyRotationStatus(input) {
      const { id, rotation, managedFor } = store.notPendingDeletion(readInput(input, inputs.key).KeyId);
      return {
        KeyId: id,
        KeyRotationEnabled: rotation !== undefined || managedFor !== undefined,
        ...(rotation !== undefined && {
          RotationPeriodInDays: rotation.days,
          NextRotationDate: rotation.nextAt / 1000,
        }),
      };
    },
  };
}

function policyActions(store: KeyStore): Readonly<Record<string, JsonAction>> {
  return {
    GetKeyPolicy(input) {
      const { KeyId, PolicyName } = readInput(input, inputs.policy);
      return { Policy: store.find(KeyId).policy, PolicyName };
    },
    PutKeyPolicy(input, { principal }) {
      const { KeyId, Policy, BypassPolicyLockoutSafetyCheck } = readInput(input, inputs.putPolicy);
      const key = store.notPendingDeletion(KeyId);
      checkKeyPolicy(Policy, principal, BypassPolicyLockoutSafetyCheck);
      store.change(key, { policy: Policy });
      return {};
    },
    ListKeyPolicies(input) {
      store.find(readInput(input, inputs.listPolicies).KeyId);
      return { PolicyNames: ['default'], Truncated: false };
    },
  };
}

function tagActions(store: KeyStore): Readonly<Record<string, JsonAction>> {
  return {
    TagResource(input) {
      const { KeyId, Tags } = readInput(input, inputs.tag);
      const key = store.notPendingDeletion(KeyId);
      checkTags(Tags, key.tags);
      store.change(key, { tags: { ...key.tags, ...tagsOf(Tags) } });
      return {};
    },
    UntagResource(input) {
      const { KeyId, TagKeys } = readInput(input, inputs.untag);
      const key = store.notPendingDeletion(KeyId);
      const kept = Object.entries(key.tags).filter(([name]) => !TagKeys.includes(name));
      store.change(key, { tags: Object.fromEntries(kept) });
      return {};
    },
    ListResourceTags(input) {
      const { KeyId, ...page } = readInput(input, inputs.listTags);
      const tags = Object.entries(store.find(KeyId).tags).sort(([left], [right]) => (left < right ? -1 : 1));
      const { items, ...rest } = pageOf(
        (after = '') => tags.filter(([name]) => name > after),
        page,
        ([name]) => name,
      );
      return { Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...rest };
    },
  };
}

/** @throws AwsError for kinds of keys that the endpoint does not have */
function checkKind({
  KeyUsage,
  KeySpec,
  CustomerMasterKeySpec,
  Origin,
  CustomKeyStoreId,
  MultiRegion,
}: Omit<z.output<typeof inputs.create>, 'Policy' | 'Description' | 'Tags' | 'BypassPolicyLockoutSafetyCheck'>): void {
  const wanted = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (wanted !== 'SYMMETRIC_DEFAULT' && KeyUsage === undefined) {
    throw validation('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
  }
  if (wanted !== 'SYMMETRIC_DEFAULT') throw unsupportedKey(`KeySpec ${wanted}`);
  if (KeyUsage !== undefined && KeyUsage !== 'ENCRYPT_DECRYPT') {
    throw validation(`KeyUsage ${KeyUsage} is not compatible with KeySpec ${wanted}`);
  }
  if (Origin !== 'AWS_KMS') throw unsupportedKey(`Origin ${Origin}`);
  if (CustomKeyStoreId !== undefined) throw unsupportedKey('CustomKeyStoreId');
  if (MultiRegion) throw unsupportedKey('MultiRegion keys');
}

function metadata(key: Key): JsonObject {
  const { id, region, createdAt, description, isEnabled, deletionAt, managedFor } = key;
  return {
    AWSAccountId: accountId,
    KeyId: id,
    Arn: keyArn(region, id),
    CreationDate: createdAt / 1000,
    Enabled: isEnabled,
    Description: description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: deletionAt !== undefined ? 'PendingDeletion' : isEnabled ? 'Enabled' : 'Disabled',
    ...(deletionAt !== undefined && { DeletionDate: deletionAt / 1000 }),
    Origin: 'AWS_KMS',
    KeyManager: managedFor === undefined ? 'CUSTOMER' : 'AWS',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
    CurrentKeyMaterialId: currentMaterial(key).id,
  };
}
