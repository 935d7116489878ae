import * as z from 'zod';
import type { Template } from './template.ts';

const expression = z.union([
  z.object({ 'Fn::Equals': z.tuple([z.string(), z.string()]) }).transform((call) => ({ equal: call['Fn::Equals'] })),
  z.object({ 'Fn::Not': z.tuple([z.unknown()]) }).transform((call) => ({ not: call['Fn::Not'][0] })),
  z.object({ 'Fn::And': z.array(z.unknown()) }).transform((call) => ({ all: call['Fn::And'] })),
  z.object({ 'Fn::Or': z.array(z.unknown()) }).transform((call) => ({ any: call['Fn::Or'] })),
  z.object({ Condition: z.string() }).transform((call) => ({ condition: call.Condition })),
]);

/**
 * Whether a condition holds. The framework fills parameters in before the template is written, so conditions compare
 * texts, and what they are is known before any deploy.
 * @throws Error for a condition that is not so
 */
export function isTrue(name: string, template: Pick<Template, 'Conditions'>): boolean {
  const condition = template.Conditions?.[name];
  if (condition === undefined) throw new Error(`There is no condition ${name}.`);
  return holds(condition);

  function holds(value: unknown): boolean {
    const { data } = expression.safeParse(value);
    if (data === undefined) throw new Error(`The condition ${name} is not known before a deploy.`);
    if ('equal' in data) return data.equal[0] === data.equal[1];
    if ('not' in data) return !holds(data.not);
    if ('all' in data) return data.all.every(holds);
    if ('any' in data) return data.any.some(holds);
    return isTrue(data.condition, template);
  }
}
