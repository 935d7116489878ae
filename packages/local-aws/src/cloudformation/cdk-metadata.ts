import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';

/** `AWS::CDK::Metadata`, which the CDK adds to its stacks: AWS reads from it which constructs are in use. No effect. */
export function cdkMetadataResourceType(): ResourceType {
  return defineResource({
    type: 'AWS::CDK::Metadata',
    properties: z.strictObject({ Analytics: property.inert() }),
    replaceOn: [],
    create: (_properties, context) => ({ physicalId: generatedName(context, 128), attributes: {} }),
    update: (_properties, { state }) => state,
    delete: () => {},
  });
}
