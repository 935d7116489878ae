import * as z from 'zod';
import type { JsonAction } from '../core/json-protocol.ts';
import { groupName, nameFromArn, readLogInput } from './log-input.ts';
import type { LogStore } from './log-store.ts';

const tags = z.record(z.string(), z.string());
const keys = z.array(z.string());

const inputs = {
  resource: z.strictObject({ resourceArn: z.string() }),
  tag: z.strictObject({ resourceArn: z.string(), tags }),
  untag: z.strictObject({ resourceArn: z.string(), tagKeys: keys }),
  group: z.strictObject({ logGroupName: groupName }),
  tagGroup: z.strictObject({ logGroupName: groupName, tags }),
  untagGroup: z.strictObject({ logGroupName: groupName, tags: keys }),
};

/** Tags of groups, by ARN, and by name as older clients do. */
export function tagActions(store: LogStore): Record<string, JsonAction> {
  const add = (name: string, added: Readonly<Record<string, string>>): object => {
    const group = store.get(name);
    group.tags = { ...group.tags, ...added };
    store.changed(group.name);
    return {};
  };
  const remove = (name: string, removed: readonly string[]): object => {
    const group = store.get(name);
    group.tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !removed.includes(key)));
    store.changed(group.name);
    return {};
  };
  return {
    TagResource(input) {
      const { resourceArn, tags: added } = readLogInput(input, inputs.tag);
      return add(nameFromArn(resourceArn), added);
    },
    UntagResource(input) {
      const { resourceArn, tagKeys } = readLogInput(input, inputs.untag);
      return remove(nameFromArn(resourceArn), tagKeys);
    },
    ListTagsForResource(input) {
      const { resourceArn } = readLogInput(input, inputs.resource);
      return { tags: store.get(nameFromArn(resourceArn)).tags };
    },
    TagLogGroup(input) {
      const { logGroupName, tags: added } = readLogInput(input, inputs.tagGroup);
      return add(logGroupName, added);
    },
    UntagLogGroup(input) {
      const { logGroupName, tags: removed } = readLogInput(input, inputs.untagGroup);
      return remove(logGroupName, removed);
    },
    ListTagsLogGroup(input) {
      const { logGroupName } = readLogInput(input, inputs.group);
      return { tags: store.get(logGroupName).tags };
    },
  };
}
