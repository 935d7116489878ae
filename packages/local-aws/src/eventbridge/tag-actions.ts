import * as z from 'zod';
import type { JsonAction } from '../core/json-protocol.ts';
import { tagList, tagMap } from '../core/tags.ts';
import type { BusStore } from './bus-store.ts';
import { eventsAction, tagsInput } from './events-action.ts';
import { eventsError } from './events-error.ts';
import type { RuleStore } from './rule-store.ts';

const onResource = { ResourceARN: z.string() };

/** The tags of rules and buses. */
export function tagActions(buses: BusStore, rules: RuleStore): Record<string, JsonAction> {
  const tagged = (arn: string, region: string) => {
    const rule = rules.find(arn);
    if (rule !== undefined) return { tags: rule.tags, changed: () => rules.changed(rule) };
    const bus = arn.includes(':event-bus/') ? buses.find(arn, region) : undefined;
    if (bus !== undefined) return { tags: bus.tags, changed: () => buses.changed(bus) };
    throw eventsError.notFound(`Resource ${arn} does not exist.`);
  };
  return {
    TagResource: eventsAction(
      z.strictObject({ ...onResource, Tags: tagsInput }),
      ({ ResourceARN, Tags }, { region }) => {
        const { tags, changed } = tagged(ResourceARN, region);
        Object.assign(tags, tagMap(Tags));
        changed();
        return {};
      },
    ),
    UntagResource: eventsAction(
      z.strictObject({ ...onResource, TagKeys: z.array(z.string()) }),
      ({ ResourceARN, TagKeys }, { region }) => {
        const { tags, changed } = tagged(ResourceARN, region);
        for (const key of TagKeys) delete tags[key];
        changed();
        return {};
      },
    ),
    ListTagsForResource: eventsAction(z.strictObject(onResource), ({ ResourceARN }, { region }) => ({
      Tags: tagList(tagged(ResourceARN, region).tags),
    })),
  };
}
