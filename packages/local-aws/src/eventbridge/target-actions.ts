import * as z from 'zod';
import type { JsonAction } from '../core/json-protocol.ts';
import type { BusStore } from './bus-store.ts';
import { eventsAction, listPageInput, pageOf, ruleName } from './events-action.ts';
import { targetSchema } from './rule.ts';
import type { RuleStore } from './rule-store.ts';

const ofRule = { Rule: ruleName, EventBusName: z.string().optional() };

/** The targets of rules. */
export function targetActions(buses: BusStore, rules: RuleStore): Record<string, JsonAction> {
  return {
    PutTargets: eventsAction(
      z.strictObject({ ...ofRule, Targets: z.array(targetSchema).min(1).max(100) }),
      ({ Rule, EventBusName, Targets }, { region }) => {
        rules.putTargets(rules.get(Rule, buses.get(EventBusName, region)), Targets);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    ),
    RemoveTargets: eventsAction(
      z.strictObject({ ...ofRule, Ids: z.array(z.string()).min(1).max(100), Force: z.boolean().optional() }),
      ({ Rule, EventBusName, Ids }, { region }) => {
        const unknown = rules.removeTargets(rules.get(Rule, buses.get(EventBusName, region)), Ids);
        const FailedEntries = unknown.map((TargetId) => ({
          TargetId,
          ErrorCode: 'ResourceNotFoundException',
          ErrorMessage: `Rule ${Rule} does not have target(s) with Id(s): ${TargetId}.`,
        }));
        return { FailedEntryCount: FailedEntries.length, FailedEntries };
      },
    ),
    ListTargetsByRule: eventsAction(
      z.strictObject({ ...ofRule, ...listPageInput }),
      ({ Rule, EventBusName, ...page }, { region }) => {
        const { items, NextToken } = pageOf(rules.get(Rule, buses.get(EventBusName, region)).targets, page);
        return { Targets: items, NextToken };
      },
    ),
    ListRuleNamesByTarget: eventsAction(
      z.strictObject({ TargetArn: z.string(), EventBusName: z.string().optional(), ...listPageInput }),
      ({ TargetArn, EventBusName, ...page }, { region }) => {
        const having = rules
          .of(buses.get(EventBusName, region))
          .filter(({ targets }) => targets.some(({ Arn }) => Arn === TargetArn));
        const { items, NextToken } = pageOf(having, page);
        return { RuleNames: items.map(({ name }) => name), NextToken };
      },
    ),
  };
}
