import * as z from 'zod';
import { isTrue } from '../render-templates/condition-value.ts';
import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';

const use = z.union([
  z.object({ 'Fn::If': z.tuple([z.string(), z.unknown(), z.unknown()]) }).transform((call) => call['Fn::If'][0]),
  z.looseObject({ Condition: z.string() }).transform(({ Condition }) => Condition),
]);

/** Finds conditions that are used and not there, and those that only a deploy could decide. */
export function undecidedConditions(template: Template): readonly Finding[] {
  const { Conditions = {} } = template;
  const unknown = [...usedConditions(template)].filter((name) => !(name in Conditions));
  return [
    ...unknown.map((name) => finding(name, 'known-condition', 'This condition is used and not defined.')),
    ...Object.keys(Conditions).flatMap((name) => {
      try {
        isTrue(name, template);
        return [];
      } catch (error) {
        return finding(name, 'decided-condition', error instanceof Error ? error.message : String(error));
      }
    }),
  ];
}

export function unusedConditions(template: Template): readonly Finding[] {
  const used = usedConditions(template);
  return Object.keys(template.Conditions ?? {})
    .filter((name) => !used.has(name))
    .map((name) => finding(name, 'used-condition', 'Nothing uses this condition.'));
}

/**
 * Finds resources that wait for one which a condition can leave out while they are there. AWS is reported to refuse such
 * a template where the condition does not hold, and cfn-lint refuses it (E3005).
 */
export function conditionalDependencies({ Resources }: Template): readonly Finding[] {
  return Object.entries(Resources).flatMap(([logicalId, { Condition, DependsOn = [] }]) =>
    [DependsOn].flat().flatMap((name) => {
      const needed = Resources[name]?.Condition;
      if (needed === undefined || needed === Condition) return [];
      const message = `${name} is there by the condition ${needed} only.`;
      return [{ logicalId, path: 'DependsOn', rule: 'conditional-dependency', message }];
    }),
  );
}

function usedConditions({ Conditions, Resources, Outputs }: Template): ReadonlySet<string> {
  return new Set([Conditions, Resources, Outputs].flatMap(conditionsIn));
}

function finding(logicalId: string, rule: string, message: string): Finding {
  return { logicalId, path: '', rule, message };
}

function conditionsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  // Asked first, since few objects name one and zod writes down all that is wrong with each other.
  const name = 'Fn::If' in value || 'Condition' in value ? use.safeParse(value).data : undefined;
  return [...(name === undefined ? [] : [name]), ...Object.values(value).flatMap(conditionsIn)];
}
