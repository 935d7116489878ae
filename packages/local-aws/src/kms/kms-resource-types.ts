import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import { accountRoot } from '../iam/authorize.ts';
import { targetOf } from './alias-actions.ts';
import { type Key, keyArn } from './key.ts';
import { checkKeyPolicy, defaultKeyPolicy } from './key-policy.ts';
import type { KeyStore } from './key-store.ts';

const days = (minimum: number, maximum: number) =>
  property
    .integer()
    .refine((count) => count >= minimum && count <= maximum, `must be between ${minimum} and ${maximum}`);

const keyProperties = z.strictObject({
  Description: z.string().max(8192).optional(),
  Enabled: property.boolean().optional(),
  EnableKeyRotation: property.boolean().optional(),
  RotationPeriodInDays: days(90, 2560).optional(),
  KeyPolicy: property.json().optional(),
  BypassPolicyLockoutSafetyCheck: property.boolean().optional(),
  PendingWindowInDays: days(7, 30).optional(),
  KeySpec: z.literal('SYMMETRIC_DEFAULT', 'only SYMMETRIC_DEFAULT is supported').optional(),
  KeyUsage: z.literal('ENCRYPT_DECRYPT', 'only ENCRYPT_DECRYPT is supported').optional(),
  Origin: z.literal('AWS_KMS', 'only AWS_KMS is supported').optional(),
  MultiRegion: property
    .boolean()
    .refine((isMultiRegion) => !isMultiRegion, 'multi-region keys are not supported')
    .optional(),
  Tags: property.tags().optional(),
});
type KeyProperties = z.infer<typeof keyProperties>;

const defaultWindow = 30;

/** `AWS::KMS::Key` and `AWS::KMS::Alias`. */
export function kmsResourceTypes(store: KeyStore): readonly ResourceType[] {
  const apply = (
    key: Key,
    { Enabled = true, EnableKeyRotation = false, RotationPeriodInDays = 365 }: KeyProperties,
  ): Key => {
    const wanted = EnableKeyRotation ? RotationPeriodInDays : undefined;
    const rotating = key.rotation?.days === wanted ? key : store.setRotation(key, wanted);
    return rotating.isEnabled === Enabled ? rotating : store.change(rotating, { isEnabled: Enabled });
  };
  return [
    defineResource({
      type: 'AWS::KMS::Key',
      properties: keyProperties,
      // The other kinds of keys, to which a key would have to be replaced, are refused.
      replaceOn: [],
      create(given, context) {
        const policy = checkedPolicy(given);
        const tags = resourceTags(context.tags, given.Tags);
        return stateOf(apply(store.create({ description: given.Description ?? '', policy, tags }), given));
      },
      update(given, { state }, context) {
        const key = store.notPendingDeletion(state.physicalId);
        const changed = store.change(key, {
          description: given.Description ?? '',
          policy: checkedPolicy(given),
          tags: resourceTags(context.tags, given.Tags),
        });
        return stateOf(apply(changed, given));
      },
      delete({ physicalId }, { PendingWindowInDays = defaultWindow }) {
        ifThere(() => {
          const key = store.find(physicalId);
          if (key.deletionAt === undefined) store.scheduleDeletion(key, PendingWindowInDays);
        });
      },
    }),
    defineResource({
      type: 'AWS::KMS::Alias',
      properties: z.strictObject({ AliasName: z.string(), TargetKeyId: z.string() }),
      replaceOn: ['AliasName'],
      create({ AliasName, TargetKeyId }) {
        store.aliases.create(AliasName, targetOf(store, TargetKeyId));
        return { physicalId: AliasName, attributes: {} };
      },
      update({ AliasName, TargetKeyId }, { state }) {
        store.aliases.update(AliasName, targetOf(store, TargetKeyId));
        return state;
      },
      delete: ({ physicalId }) => ifThere(() => store.aliases.delete(physicalId)),
    }),
  ];
}

/** As JSON. @throws AwsError MalformedPolicyDocumentException */
function checkedPolicy({
  KeyPolicy = defaultKeyPolicy(),
  BypassPolicyLockoutSafetyCheck = false,
}: KeyProperties): string {
  const text = typeof KeyPolicy === 'string' ? KeyPolicy : JSON.stringify(KeyPolicy);
  checkKeyPolicy(text, accountRoot, BypassPolicyLockoutSafetyCheck);
  return text;
}

function stateOf({ id, region }: Key): ResourceState {
  return { physicalId: id, attributes: { Arn: keyArn(region, id), KeyId: id } };
}

function ifThere(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'NotFoundException') throw error;
  }
}
