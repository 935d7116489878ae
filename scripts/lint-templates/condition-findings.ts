import * as z from 'zod';
import { isTrue } from '../render-templates/condition-value.ts';
import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';

const use = z.union([
  z.object({ 'Fn::If': z.tuple([z.string(), z.unknown(), z.unknown()]) }).transform((call) => call['Fn::If'][0]),
  z.looseObject({ Condition: z.string() }).transform(({ Condition }) => Condition),
]);

/** Finds conditions that are used and not there, that nothing uses, and that only a deploy could decide. */
export function conditionFindings(template: Template): readonly Finding[] {
  const { Conditions = {}, Resources, Outputs = {} } = template;
  const used = new Set([Conditions, Resources, Outputs].flatMap(conditionsIn));
  const unknown = [...used].filter((name) => !(name in Conditions));
  return [
    ...unknown.map((name) => finding(name, 'known-condition', 'This condition is used and not defined.')),
    ...Object.keys(Conditions).flatMap((name) => {
      if (!used.has(name)) return finding(name, 'used-condition', 'Nothing uses this condition.');
      try {
        isTrue(name, template);
        return [];
      } catch (error) {
        return finding(name, 'decided-condition', error instanceof Error ? error.message : String(error));
      }
    }),
  ];
}

function finding(logicalId: string, rule: string, message: string): Finding {
  return { logicalId, path: '', rule, message };
}

function conditionsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const name = use.safeParse(value).data;
  return [...(name === undefined ? [] : [name]), ...Object.values(value).flatMap(conditionsIn)];
}
