import * as z from 'zod';
import type { Template } from '../render-templates/template.ts';
import type { RoleUsage } from './grant-usage.ts';

const texts = z.unknown().transform((value) => [value].flat().map(textOf));
const statements = z.array(
  z.object({ Effect: z.string(), Sid: z.string().optional(), Action: texts, Resource: texts }),
);
const policy = z.object({ PolicyName: z.unknown(), PolicyDocument: z.object({ Statement: statements }) });
const role = z.object({
  Type: z.literal('AWS::IAM::Role'),
  Properties: z.object({ RoleName: z.unknown(), Policies: z.array(policy).default([]) }),
});

/** The roles of a template. What of their grants is used a template cannot tell, so all counts as used. */
export function readTemplateRoles({ Resources }: Template): readonly Pick<RoleUsage, 'role' | 'grants'>[] {
  return Object.entries(Resources).flatMap(([logicalId, resource]) => {
    const { data: found } = role.safeParse(resource);
    if (found === undefined) return [];
    const { RoleName: name, Policies } = found.Properties;
    const used = (all: readonly string[]) => all.map((text) => ({ text, uses: 1 }));
    return [
      {
        role: name === undefined ? logicalId : textOf(name),
        grants: Policies.flatMap(({ PolicyName, PolicyDocument }) =>
          PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow').map(({ Action, Resource }) => ({
            policy: textOf(PolicyName),
            actions: used(Action),
            resources: used(Resource),
          })),
        ),
      },
    ];
  });
}

/** A value as text, in which `${Name}` stands for what only a deploy knows. */
const renderedText: z.ZodType<string> = z.union([
  z.string(),
  z.object({ Ref: z.string() }).transform(({ Ref }) => `\${${Ref}}`),
  z.object({ 'Fn::GetAtt': z.array(z.string()) }).transform((call) => `\${${call['Fn::GetAtt'].join('.')}}`),
  z.object({ 'Fn::Sub': z.string() }).transform((call) => call['Fn::Sub']),
  z.object({ 'Fn::Sub': z.tuple([z.string(), z.unknown()]) }).transform((call) => call['Fn::Sub'][0]),
  z
    .object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })
    .transform(({ 'Fn::Join': [separator, parts] }) => parts.map(textOf).join(separator)),
  z.unknown().transform((value) => JSON.stringify(value) ?? ''),
]);

function textOf(value: unknown): string {
  return renderedText.parse(value);
}
