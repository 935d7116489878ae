import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Alarm, AlarmStore } from './alarm-store.ts';
import { action, tagsSchema, wire } from './cloudwatch-input.ts';
import type { CloudWatchAction } from './cloudwatch-protocols.ts';

const resourceSchema = z.strictObject({ ResourceARN: z.string() });

/** Tags of alarms. */
export function tagActions(alarms: AlarmStore): Record<string, CloudWatchAction> {
  const find = (resourceArn: string): Alarm => {
    const alarm = alarms.list().find(({ arn }) => arn === resourceArn);
    if (alarm === undefined) throw new AwsError('ResourceNotFoundException', `Unknown resource ${resourceArn}`, 404);
    return alarm;
  };
  return {
    TagResource: action(resourceSchema.extend({ Tags: tagsSchema }), ({ ResourceARN, Tags }) => {
      const alarm = find(ResourceARN);
      for (const { Key, Value } of Tags) alarm.tags.set(Key, Value);
      alarms.changed(alarm);
      return {};
    }),

    UntagResource: action(resourceSchema.extend({ TagKeys: wire.list(z.string()) }), ({ ResourceARN, TagKeys }) => {
      const alarm = find(ResourceARN);
      for (const key of TagKeys) alarm.tags.delete(key);
      alarms.changed(alarm);
      return {};
    }),

    ListTagsForResource: action(resourceSchema, ({ ResourceARN }) => ({
      Tags: [...find(ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}
