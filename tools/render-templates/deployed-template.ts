import * as z from 'zod';
import { isTrue } from './condition-value.ts';
import { type Template, templateSchema } from './template.ts';

/**
 * What CloudFormation makes of the conditions of a template: without the resources and outputs whose condition does not
 * hold, without waiting for such resources, with one branch of each `Fn::If`, and without what is `AWS::NoValue` then.
 * @throws Error for a condition that does not exist or is not known before a deploy
 */
export function deployedTemplate(template: Template): Template {
  const { Conditions: _conditions, Resources, Outputs, ...sections } = template;
  return templateSchema.parse(
    decide({ ...sections, Resources: present(Resources), ...(Outputs && { Outputs: present(Outputs) }) }),
  );

  function present(parts: Readonly<Record<string, Part>>): object {
    const kept = Object.entries(parts).filter(([, part]) => isPresent(part));
    return Object.fromEntries(
      kept.map(([id, { Condition: _condition, DependsOn, ...part }]) => [
        id,
        DependsOn === undefined ? part : { ...part, DependsOn: [DependsOn].flat().filter((name) => !isLeftOut(name)) },
      ]),
    );
  }

  function isPresent({ Condition }: Part): boolean {
    return Condition === undefined || isTrue(Condition, template);
  }

  function isLeftOut(id: string): boolean {
    const resource = Resources[id];
    return resource !== undefined && !isPresent(resource);
  }

  function decide(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(decide).filter((item) => item !== undefined);
    const [condition, yes, no] = choice.safeParse(value).data?.['Fn::If'] ?? [];
    if (condition !== undefined) return decide(isTrue(condition, template) ? yes : no);
    if (typeof value !== 'object' || value === null) return value;
    if (noValue.safeParse(value).success) return undefined;
    const entries = Object.entries(value).map(([key, item]) => [key, decide(item)]);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  }
}

type Part = { readonly Condition?: string | undefined; readonly DependsOn?: string | readonly string[] | undefined };

const choice = z.object({ 'Fn::If': z.tuple([z.string(), z.unknown(), z.unknown()]) });
const noValue = z.object({ Ref: z.literal('AWS::NoValue') });
