import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import { checkRetention } from './group-actions.ts';
import { checkGroupKey, type GroupEncryptionPorts } from './group-encryption.ts';
import { groupArn, type LogGroup, type LogStore, logGroupClass } from './log-store.ts';

/** AWS::Logs::LogGroup and LogStream. */
export function logResourceTypes(store: LogStore, encryption: GroupEncryptionPorts): ResourceType[] {
  return [groupType(store, encryption), streamType(store)];
}

function groupType(store: LogStore, encryption: GroupEncryptionPorts): ResourceType {
  const properties = z.strictObject({
    LogGroupName: property.string().optional(),
    RetentionInDays: property.kept(property.integer().optional()),
    Tags: property.tags().optional(),
    KmsKeyId: z.string().optional(),
    LogGroupClass: property.kept(logGroupClass.optional()),
    DataProtectionPolicy: property.inert(),
    FieldIndexPolicies: property.inert(),
    ResourcePolicyDocument: property.inert(),
    DeletionProtectionEnabled: property.inert(),
  });
  const keyOf = (keyId: string | undefined, arn: string): string | undefined =>
    keyId === undefined ? undefined : checkGroupKey(encryption, arn, keyId);
  const state = ({ name, arn }: LogGroup): ResourceState => ({ physicalId: name, attributes: { Arn: `${arn}:*` } });

  return defineResource({
    type: 'AWS::Logs::LogGroup',
    properties,
    replaceOn: ['LogGroupName'],
    create(input, context) {
      const { RetentionInDays: retentionInDays } = input;
      if (retentionInDays !== undefined) checkRetention(retentionInDays);
      const name = input.LogGroupName ?? generatedName(context, 512);
      const { region } = context;
      const kmsKeyId = keyOf(input.KmsKeyId, groupArn(region, name));
      return state(
        store.create({
          name,
          region,
          retentionInDays,
          kmsKeyId,
          logGroupClass: input.LogGroupClass,
          tags: resourceTags(context.tags, input.Tags),
        }),
      );
    },
    update(input, current, context) {
      if (input.RetentionInDays !== undefined) checkRetention(input.RetentionInDays);
      const group = store.get(current.state.physicalId);
      group.kmsKeyId = keyOf(input.KmsKeyId, group.arn);
      group.retentionInDays = input.RetentionInDays;
      group.tags = resourceTags(context.tags, input.Tags);
      store.changed(group.name);
      return state(group);
    },
    delete({ physicalId }) {
      store.delete(physicalId);
    },
  });
}

function streamType(store: LogStore): ResourceType {
  return defineResource({
    type: 'AWS::Logs::LogStream',
    properties: z.strictObject({ LogGroupName: property.string(), LogStreamName: property.string().optional() }),
    replaceOn: 'any',
    create({ LogGroupName, LogStreamName }, context) {
      const name = LogStreamName ?? generatedName(context, 512);
      store.createStream(store.get(LogGroupName), name);
      return { physicalId: name, attributes: {} };
    },
    delete({ physicalId }, { LogGroupName }) {
      const group = store.find(LogGroupName);
      if (group !== undefined) store.deleteStream(group, physicalId);
    },
  });
}
