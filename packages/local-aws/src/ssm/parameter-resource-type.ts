import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import {
  defineResource,
  property,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
} from '../core/resource-type.ts';
import { dataTypes, tierSchema } from './parameter.ts';
import type { ParameterStore } from './parameter-store.ts';

const properties = z.strictObject({
  Name: z.string().optional(),
  /** CloudFormation makes no SecureString. */
  Type: z.enum(['String', 'StringList']),
  Value: property.string(),
  Description: z.string().optional(),
  AllowedPattern: z.string().optional(),
  Tier: tierSchema.optional(),
  DataType: z.enum(dataTypes).optional(),
  Tags: property.tagMap().optional(),
});
type Properties = z.infer<typeof properties>;

/** `AWS::SSM::Parameter`. */
export function parameterResourceType(store: ParameterStore): ResourceType {
  const put = (
    name: string,
    given: Properties,
    { region, tags }: ResourceContext,
    isOverwrite: boolean,
  ): ResourceState => {
    const all = { ...tags, ...given.Tags };
    store.put(region, {
      name,
      value: given.Value,
      type: given.Type,
      isOverwrite,
      modifiedBy: 'cloudformation.amazonaws.com',
      tags: all,
      ...(given.Description !== undefined && { description: given.Description }),
      ...(given.AllowedPattern !== undefined && { allowedPattern: given.AllowedPattern }),
      ...(given.Tier !== undefined && { tier: given.Tier }),
      ...(given.DataType !== undefined && { dataType: given.DataType }),
    });
    store.setTags(store.find(region, name), all);
    return { physicalId: name, attributes: { Type: given.Type, Value: given.Value } };
  };
  return defineResource({
    type: 'AWS::SSM::Parameter',
    properties,
    replaceOn: ['Name'],
    create: (given, context) => put(given.Name ?? nameFor(context), given, context, false),
    update: (given, { state }, context) => put(state.physicalId, given, context, true),
    delete: ({ physicalId }, _given, { region }) => void store.delete(region, physicalId),
  });
}

/** Without the name of the stack, other than those of most types. */
function nameFor(context: ResourceContext): string {
  const suffix = generatedName(context, 200).split('-').at(-1);
  return `CFN-${context.logicalId}-${suffix}`;
}
