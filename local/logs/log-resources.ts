import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';
import { type LogStore, logGroupArn } from './log-store.ts';
import { retentionDays } from './retention.ts';

const groupProperties = z.strictObject({
  LogGroupName: property.string().optional(),
  RetentionInDays: property.integer().pipe(retentionDays).optional(),
  Tags: property.tags().optional(),
  KmsKeyId: property.inert(),
  LogGroupClass: z.enum(['STANDARD']).optional(),
  DataProtectionPolicy: property.inert(),
  DeletionProtectionEnabled: property.inert(),
});

const streamProperties = z.strictObject({
  LogGroupName: property.string(),
  LogStreamName: property.string().optional(),
});

/** AWS::Logs::LogGroup and AWS::Logs::LogStream. */
export function logResources(store: LogStore): readonly ResourceType[] {
  return [
    defineResource({
      type: 'AWS::Logs::LogGroup',
      properties: groupProperties,
      replaceOn: ['LogGroupName'],
      create({ LogGroupName, RetentionInDays, Tags = [] }, context) {
        const name = LogGroupName ?? generatedName(context, 512);
        const tags = { ...context.tags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
        store.createGroup(name, tags).retentionInDays = RetentionInDays;
        return groupState(name);
      },
      update({ RetentionInDays }, { state }) {
        store.group(state.physicalId).retentionInDays = RetentionInDays;
        store.changed();
        return state;
      },
      delete({ physicalId }) {
        if (store.has(physicalId)) store.deleteGroup(physicalId);
      },
    }),
    defineResource({
      type: 'AWS::Logs::LogStream',
      properties: streamProperties,
      replaceOn: 'any',
      create({ LogGroupName, LogStreamName }, context) {
        const { name } = store.createStream(store.group(LogGroupName), LogStreamName ?? generatedName(context, 512));
        return { physicalId: name, attributes: {} };
      },
      delete({ physicalId }, { LogGroupName }) {
        if (!store.has(LogGroupName)) return;
        const group = store.group(LogGroupName);
        if (group.streams.has(physicalId)) store.deleteStream(group, physicalId);
      },
    }),
  ];
}

function groupState(name: string) {
  return { physicalId: name, attributes: { Arn: `${logGroupArn(name)}:*` } };
}
