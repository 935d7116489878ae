import * as z from 'zod';
import { isTrue } from './condition-value.ts';
import type { Template } from './template.ts';

const reference = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref.split('.')),
  z.object({ 'Fn::GetAtt': z.array(z.string()) }).transform((call) => call['Fn::GetAtt']),
]);
const choice = z.object({ 'Fn::If': z.tuple([z.string(), z.unknown(), z.unknown()]) });
const text = z.object({
  'Fn::Sub': z.union([z.string(), z.tuple([z.string(), z.unknown()]).transform(([format]) => format)]),
});

/** The account of all ARNs that stand for others. */
export const placeholderAccount = '123456789012';
const account = `us-east-1:${placeholderAccount}`;

/** The forms that are looked at, by type and attribute; all others are names or ids as good as any. */
const forms: Readonly<Record<string, (id: string) => string>> = {
  'AWS::Cognito::UserPool': (id) => `us-east-1_${id}`,
  'AWS::Cognito::UserPool Arn': (id) => `arn:aws:cognito-idp:${account}:userpool/us-east-1_${id}`,
  'AWS::DynamoDB::Table Arn': (id) => `arn:aws:dynamodb:${account}:table/${id}`,
  'AWS::DynamoDB::Table StreamArn': (id) => `arn:aws:dynamodb:${account}:table/${id}/stream/2026-01-01T00:00:00.000`,
  'AWS::KMS::Key Arn': () => `arn:aws:kms:${account}:key/11111111-2222-3333-4444-555555555555`,
  'AWS::Lambda::Alias': (id) => `arn:aws:lambda:${account}:function:${id}:live`,
  'AWS::Lambda::Function Arn': (id) => `arn:aws:lambda:${account}:function:${id}`,
  'AWS::SNS::Topic': (id) => `arn:aws:sns:${account}:${id}`,
  'AWS::WAFv2::WebACL Arn': (id) =>
    `arn:aws:wafv2:${account}:regional/webacl/${id}/11111111-2222-3333-4444-555555555555`,
};

/**
 * An output that a deploy of the template would have, with a value of the right form where only a deploy knows it.
 * @returns undefined if the template has no such output, or not under its conditions
 */
export function outputPlaceholder(template: Template, name: string): string | undefined {
  const output = template.Outputs?.[name];
  if (output === undefined || (output.Condition !== undefined && !isTrue(output.Condition, template))) return undefined;
  return render(output.Value);

  function render(value: unknown): string {
    if (typeof value === 'string') return value;
    const [condition, yes, no] = choice.safeParse(value).data?.['Fn::If'] ?? [];
    if (condition !== undefined) return render(isTrue(condition, template) ? yes : no);
    const format = text.safeParse(value).data?.['Fn::Sub'];
    if (format !== undefined) return format.replaceAll(/\$\{([^}]+)\}/g, (_variable, path) => refer(path.split('.')));
    return refer(reference.safeParse(value).data ?? [name]);
  }

  function refer([id = '', attribute]: readonly string[]): string {
    if (id === 'AWS::Region') return 'us-east-1';
    const type = template.Resources[id]?.Type;
    const form = forms[attribute === undefined ? `${type}` : `${type} ${attribute}`];
    if (form === undefined && attribute?.endsWith('Arn'))
      throw new Error(`How does the ${attribute} of a ${type} look?`);
    return form?.(id) ?? `${id}${attribute ?? ''}`;
  }
}
