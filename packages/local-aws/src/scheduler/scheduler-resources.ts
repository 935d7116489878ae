import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import type { Schedule } from './schedule.ts';
import { defaultGroup, type GroupStore, type ScheduleGroup } from './schedule-group.ts';
import { schedulerName, scheduleShape } from './schedule-settings.ts';
import type { ScheduleStore } from './schedule-store.ts';

const scheduleProperties = z.strictObject({
  ...scheduleShape,
  Name: schedulerName.optional(),
  GroupName: schedulerName.optional(),
  KmsKeyArn: property.inert(),
});

/** AWS::Scheduler::Schedule. */
export function scheduleResource(schedules: ScheduleStore): ResourceType {
  const stateOf = ({ Name, arn }: Schedule): ResourceState => ({ physicalId: Name, attributes: { Arn: arn } });
  return defineResource({
    type: 'AWS::Scheduler::Schedule',
    properties: scheduleProperties,
    replaceOn: ['Name', 'GroupName'],
    create({ Name, GroupName: group = defaultGroup, KmsKeyArn: _, ...settings }, context) {
      const place = { name: Name ?? generatedName(context, 64), group, region: context.region };
      return stateOf(schedules.create(place, settings, { isOfStack: true }));
    },
    update({ Name: _, GroupName: group = defaultGroup, KmsKeyArn: __, ...settings }, { state }, { region }) {
      return stateOf(schedules.replace({ name: state.physicalId, group, region }, settings));
    },
    delete({ physicalId: name, attributes: { Arn } }, _properties, { region }) {
      const found = schedules.list(region).find(({ Name, arn }) => Name === name && arn === Arn);
      if (found !== undefined) schedules.delete(found);
    },
  });
}

/** AWS::Scheduler::ScheduleGroup. */
export function groupResource(schedules: ScheduleStore, groups: GroupStore): ResourceType {
  const stateOf = ({ name, arn, createdAt, modifiedAt }: ScheduleGroup): ResourceState => ({
    physicalId: name,
    attributes: {
      Arn: arn,
      State: 'ACTIVE',
      CreationDate: new Date(createdAt).toISOString(),
      LastModificationDate: new Date(modifiedAt).toISOString(),
    },
  });
  return defineResource({
    type: 'AWS::Scheduler::ScheduleGroup',
    properties: z.strictObject({ Name: schedulerName.optional(), Tags: property.tags().optional() }),
    replaceOn: ['Name'],
    create({ Name, Tags }, context) {
      const name = Name ?? generatedName(context, 64);
      return stateOf(groups.create(name, context.region, resourceTags(context.tags, Tags)));
    },
    update({ Tags }, { state }, { region, tags }) {
      const group = groups.get(state.physicalId, region);
      groups.setTags(group, resourceTags(tags, Tags));
      return stateOf(group);
    },
    delete({ physicalId }, _properties, { region }) {
      try {
        groups.delete(groups.get(physicalId, region));
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
      }
      schedules.deleteGroup(physicalId, region);
    },
  });
}
