import * as z from 'zod';
import type { JsonAction } from '../core/json-protocol.ts';
import { tagMap } from '../core/tags.ts';
import type { BusStore } from './bus-store.ts';
import { eventsAction, namedPageInput, pageOf, ruleName, tagsInput } from './events-action.ts';
import { describeRule, listRule, ruleArnOf, ruleStates } from './rule.ts';
import type { RuleStore } from './rule-store.ts';

const onRule = { Name: ruleName, EventBusName: z.string().optional() };

/** Rules: make, change, read, delete. */
export function ruleActions(buses: BusStore, rules: RuleStore): Record<string, JsonAction> {
  const setState = (state: 'ENABLED' | 'DISABLED'): JsonAction =>
    eventsAction(z.strictObject(onRule), ({ Name, EventBusName }, { region }) => {
      rules.setState(rules.get(Name, buses.get(EventBusName, region)), state);
      return {};
    });
  return {
    PutRule: eventsAction(
      z.strictObject({
        ...onRule,
        Description: z.string().max(512).optional(),
        EventPattern: z.string().optional(),
        ScheduleExpression: z.string().max(256).optional(),
        RoleArn: z.string().optional(),
        State: z.enum(ruleStates).optional(),
        Tags: tagsInput.optional(),
      }),
      ({ Name, EventBusName, Description, EventPattern, ScheduleExpression, RoleArn, State, Tags }, { region }) => {
        const rule = rules.put(Name, buses.get(EventBusName, region), {
          description: Description,
          pattern: EventPattern,
          scheduleExpression: ScheduleExpression,
          roleArn: RoleArn,
          state: State,
          ...(Tags !== undefined && { tags: tagMap(Tags) }),
        });
        return { RuleArn: rule.arn };
      },
    ),
    DescribeRule: eventsAction(z.strictObject(onRule), ({ Name, EventBusName }, { region }) =>
      describeRule(rules.get(Name, buses.get(EventBusName, region))),
    ),
    ListRules: eventsAction(
      z.strictObject({ EventBusName: z.string().optional(), ...namedPageInput }),
      ({ EventBusName, NamePrefix = '', ...page }, { region }) => {
        const all = rules.of(buses.get(EventBusName, region)).filter(({ name }) => name.startsWith(NamePrefix));
        const { items, NextToken } = pageOf(all, page);
        return { Rules: items.map(listRule), NextToken };
      },
    ),
    EnableRule: setState('ENABLED'),
    DisableRule: setState('DISABLED'),
    DeleteRule: eventsAction(
      z.strictObject({ ...onRule, Force: z.boolean().optional() }),
      ({ Name, EventBusName }, { region }) => {
        const rule = rules.find(ruleArnOf(Name, buses.get(EventBusName, region)));
        if (rule !== undefined) rules.delete(rule);
        return {};
      },
    ),
  };
}
