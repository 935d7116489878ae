import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { generatedName } from '../core/generated-name.ts';
import { isJsonObject } from '../core/json.ts';
import type { KeyRing } from '../core/key-ring.ts';
import { parseJson } from '../core/parse-json.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import { accountRoot } from '../iam/authorize.ts';
import { randomPassword } from './random-password.ts';
import type { SecretValue } from './secret.ts';
import { checkSecretKey } from './secret-encryption.ts';
import type { SecretStore } from './secret-store.ts';

const generation = z.strictObject({
  PasswordLength: property.integer().optional(),
  ExcludeCharacters: z.string().optional(),
  ExcludeLowercase: property.boolean().optional(),
  ExcludeNumbers: property.boolean().optional(),
  ExcludePunctuation: property.boolean().optional(),
  ExcludeUppercase: property.boolean().optional(),
  IncludeSpace: property.boolean().optional(),
  RequireEachIncludedType: property.boolean().optional(),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});

const secretProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  KmsKeyId: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generation.optional(),
  Tags: property.tags().optional(),
});
type SecretProperties = z.infer<typeof secretProperties>;

/** `AWS::SecretsManager::Secret` and `AWS::SecretsManager::ResourcePolicy`. */
export function secretResourceTypes(store: SecretStore, keys: KeyRing): readonly ResourceType[] {
  return [
    defineResource({
      type: 'AWS::SecretsManager::Secret',
      properties: secretProperties,
      replaceOn: ['Name'],
      create(given, context): ResourceState {
        checkSecretKey(keys, { kmsKeyId: given.KmsKeyId }, accountRoot, 'encrypt');
        const { arn } = store.create(context.region, {
          name: given.Name ?? generatedName(context, 64),
          value: initialValue(given),
          token: undefined,
          tags: resourceTags(context.tags, given.Tags),
          ...(given.Description !== undefined && { description: given.Description }),
          ...(given.KmsKeyId !== undefined && { kmsKeyId: given.KmsKeyId }),
        });
        return stateOf(arn);
      },
      update(given, { properties, state }, context) {
        const present = store.usable(context.region, state.physicalId);
        checkSecretKey(keys, { arn: present.arn, kmsKeyId: given.KmsKeyId }, accountRoot, 'encrypt');
        const secret = store.change(present, {
          description: given.Description,
          kmsKeyId: given.KmsKeyId,
          tags: resourceTags(context.tags, given.Tags),
        });
        // A generated value stays until the template asks for another one.
        const value = initialValue(given);
        if (value !== undefined && sourceOf(given) !== sourceOf(properties)) store.putValue(secret, value);
        return state;
      },
      delete({ physicalId }, _given, { region }) {
        ifThere(() => store.delete(store.find(region, physicalId), undefined));
      },
    }),
    defineResource({
      type: 'AWS::SecretsManager::ResourcePolicy',
      properties: z.strictObject({
        SecretId: z.string(),
        ResourcePolicy: property.json(),
        BlockPublicPolicy: property.inert(),
      }),
      replaceOn: ['SecretId'],
      create({ SecretId, ResourcePolicy }, { region }) {
        const { arn } = store.change(store.usable(region, SecretId), { policy: JSON.stringify(ResourcePolicy) });
        return stateOf(arn);
      },
      update({ ResourcePolicy }, { state }, { region }) {
        store.change(store.usable(region, state.physicalId), { policy: JSON.stringify(ResourcePolicy) });
        return state;
      },
      delete({ physicalId }, _given, { region }) {
        ifThere(() => store.change(store.find(region, physicalId), { policy: undefined }));
      },
    }),
  ];
}

function stateOf(arn: string): ResourceState {
  return { physicalId: arn, attributes: { Id: arn } };
}

function sourceOf({ SecretString, GenerateSecretString }: SecretProperties): string {
  return JSON.stringify([SecretString, GenerateSecretString]);
}

/** Undefined for a secret without a value. @throws AwsError for properties that contradict each other */
function initialValue({ SecretString, GenerateSecretString }: SecretProperties): SecretValue | undefined {
  if (SecretString !== undefined && GenerateSecretString !== undefined) {
    throw new AwsError('InvalidRequest', 'You can specify either SecretString or GenerateSecretString, not both.');
  }
  if (SecretString !== undefined) return { text: SecretString };
  if (GenerateSecretString === undefined) return undefined;
  const { SecretStringTemplate, GenerateStringKey, ...options } = GenerateSecretString;
  const password = randomPassword(options);
  if (SecretStringTemplate === undefined && GenerateStringKey === undefined) return { text: password };
  const template = parseJson(SecretStringTemplate ?? '');
  if (!isJsonObject(template) || GenerateStringKey === undefined) {
    throw new AwsError(
      'InvalidRequest',
      'GenerateSecretString needs both SecretStringTemplate, which is a JSON object, and GenerateStringKey, or neither.',
    );
  }
  return { text: JSON.stringify({ ...template, [GenerateStringKey]: password }) };
}

function ifThere(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
  }
}
