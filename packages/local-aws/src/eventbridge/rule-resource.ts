import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import type { BusStore, EventBus } from './bus-store.ts';
import { ruleName } from './events-action.ts';
import { eventsError } from './events-error.ts';
import { type Rule, ruleArnOf, ruleStates, targetSchema } from './rule.ts';
import type { RuleStore } from './rule-store.ts';

const properties = z.strictObject({
  Name: ruleName.optional(),
  EventBusName: property.string().optional(),
  Description: z.string().max(512).optional(),
  EventPattern: z.union([z.custom<JsonObject>(isJsonObject, 'must be an object'), z.string()]).optional(),
  ScheduleExpression: z.string().max(256).optional(),
  State: z.enum(ruleStates).optional(),
  Targets: z.array(targetSchema).optional(),
  Tags: property.tags().optional(),
  RoleArn: property.inert(),
});
type Properties = z.infer<typeof properties>;

/** AWS::Events::Rule, with its targets. */
export function ruleResource(buses: BusStore, rules: RuleStore): ResourceType {
  const put = (name: string, bus: EventBus, input: Properties, tags: Record<string, string>): ResourceState => {
    const { Description, EventPattern, ScheduleExpression, State, Targets = [] } = input;
    const rule = rules.put(name, bus, {
      description: Description,
      pattern: typeof EventPattern === 'object' ? JSON.stringify(EventPattern) : EventPattern,
      scheduleExpression: ScheduleExpression,
      roleArn: undefined,
      state: State,
      tags,
    });
    const wanted = new Set(Targets.map(({ Id }) => Id));
    rules.removeTargets(
      rule,
      rule.targets.map(({ Id }) => Id).filter((id) => !wanted.has(id)),
    );
    rules.putTargets(rule, Targets);
    return stateOf(rule);
  };
  const remove = (rule: Rule): void => {
    rules.removeTargets(
      rule,
      rule.targets.map(({ Id }) => Id),
    );
    rules.delete(rule);
  };
  return defineResource({
    type: 'AWS::Events::Rule',
    properties,
    replaceOn: ['Name', 'EventBusName'],
    create(input, context) {
      const bus = buses.get(input.EventBusName, context.region);
      const name = input.Name ?? generatedName(context, 64);
      if (rules.find(ruleArnOf(name, bus)) !== undefined) {
        throw eventsError.alreadyExists(`Rule ${name} already exists on EventBus ${bus.name}.`);
      }
      try {
        return put(name, bus, input, resourceTags(context.tags, input.Tags));
      } catch (error) {
        const rule = rules.find(ruleArnOf(name, bus));
        if (rule !== undefined) remove(rule);
        throw error;
      }
    },
    update(input, { state }, { region, tags }) {
      const rule = ruleIn(state);
      const bus = buses.get(rule?.busArn ?? input.EventBusName, region);
      const name = rule?.name ?? state.physicalId.split('|').at(-1) ?? '';
      return put(name, bus, input, resourceTags(tags, input.Tags));
    },
    delete(state) {
      const rule = ruleIn(state);
      if (rule !== undefined) remove(rule);
    },
  });

  function ruleIn({ attributes: { Arn } }: ResourceState): Rule | undefined {
    return typeof Arn === 'string' ? rules.find(Arn) : undefined;
  }
}

/** `Ref` yields the name, behind that of the bus unless it is the default one. */
function stateOf({ name, arn, busName }: Rule): ResourceState {
  return { physicalId: busName === 'default' ? name : `${busName}|${name}`, attributes: { Arn: arn } };
}
