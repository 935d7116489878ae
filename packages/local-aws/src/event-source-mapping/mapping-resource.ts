import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import type { Mapping } from './mapping.ts';
import { settingsShape } from './mapping-settings.ts';
import type { MappingStore } from './mapping-store.ts';

const properties = z.strictObject({
  ...settingsShape,
  FunctionName: property.string(),
  EventSourceArn: property.string(),
  StartingPosition: property.string().optional(),
  Tags: property.tags().optional(),
});

/** AWS::Lambda::EventSourceMapping. Like CloudFormation it waits until a mapping is in its lasting state. */
export function mappingResource(mappings: MappingStore): ResourceType {
  return defineResource({
    type: 'AWS::Lambda::EventSourceMapping',
    properties,
    replaceOn: ['EventSourceArn', 'StartingPosition'],
    async create({ Tags, ...settings }, { region, tags }) {
      const mapping = await mappings.create({ ...settings, tags: resourceTags(tags, Tags) }, region);
      await mappings.settled(mapping.uuid);
      return state(mapping);
    },
    async update({ Tags, ...settings }, { state: { physicalId } }, { tags }) {
      await mappings.settled(physicalId);
      const mapping = await mappings.update(physicalId, { ...settings, tags: resourceTags(tags, Tags) }, true);
      await mappings.settled(physicalId);
      return state(mapping);
    },
    async delete({ physicalId }) {
      await mappings.settled(physicalId);
      try {
        mappings.delete(physicalId);
      } catch (error) {
        if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return;
        throw error;
      }
      await mappings.settled(physicalId);
    },
  });
}

function state({ uuid, arn }: Mapping): ResourceState {
  return { physicalId: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
}
