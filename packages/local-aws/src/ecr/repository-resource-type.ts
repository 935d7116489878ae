import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';
import { type RepositoryStore, repositoryArn, repositoryUri } from './repository-store.ts';

const properties = z.strictObject({
  RepositoryName: z
    .string()
    .max(256)
    .regex(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/, 'must be a repository name')
    .optional(),
  EmptyOnDelete: property.inert(),
  EncryptionConfiguration: property.inert(),
  ImageScanningConfiguration: property.inert(),
  ImageTagMutability: property.inert(),
  ImageTagMutabilityExclusionFilters: property.inert(),
  LifecyclePolicy: property.inert(),
  RepositoryPolicyText: property.inert(),
  Tags: property.inert(),
});

/** `AWS::ECR::Repository`: a repository without images. */
export function repositoryResourceType(store: RepositoryStore): ResourceType {
  return defineResource({
    type: 'AWS::ECR::Repository',
    properties,
    replaceOn: ['RepositoryName', 'EncryptionConfiguration'],
    create({ RepositoryName }, context) {
      const { region } = context;
      const name = RepositoryName ?? generatedName(context, 256).toLowerCase();
      store.add(region, name);
      return {
        physicalId: name,
        attributes: { Arn: repositoryArn(region, name), RepositoryUri: repositoryUri(region, name) },
      };
    },
    update: (_properties, { state }) => state,
    delete: ({ physicalId }, _properties, { region }) => store.delete(region, physicalId),
  });
}
