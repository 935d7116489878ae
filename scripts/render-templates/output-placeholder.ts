import * as z from 'zod';
import { isTrue } from './condition-value.ts';
import type { Template } from './template.ts';

const getAtt = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const ref = z.object({ Ref: z.string() });
const choice = z.object({ 'Fn::If': z.tuple([z.string(), z.unknown(), z.unknown()]) });

const account = 'us-east-1:123456789012';

/** The values that are ARNs, by type and attribute; all others are names or ids. */
const arns: Readonly<Record<string, (id: string) => string>> = {
  'AWS::SNS::Topic': (id) => `arn:aws:sns:${account}:${id}`,
  'AWS::SQS::Queue Arn': (id) => `arn:aws:sqs:${account}:${id}`,
  'AWS::Lambda::Function Arn': (id) => `arn:aws:lambda:${account}:function:${id}`,
  'AWS::DynamoDB::Table Arn': (id) => `arn:aws:dynamodb:${account}:table/${id}`,
  'AWS::DynamoDB::Table StreamArn': (id) => `arn:aws:dynamodb:${account}:table/${id}/stream/2026-01-01T00:00:00.000`,
  'AWS::Cognito::UserPool Arn': (id) => `arn:aws:cognito-idp:${account}:userpool/us-east-1_${id}`,
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
  return rendered(output.Value);

  function rendered(value: unknown): string {
    if (typeof value === 'string') return value;
    const chosen = choice.safeParse(value).data?.['Fn::If'];
    if (chosen !== undefined) {
      const [condition, yes, no] = chosen;
      return rendered(isTrue(condition, template) ? yes : no);
    }
    const [id, attribute] = getAtt.safeParse(value).data?.['Fn::GetAtt'] ?? [ref.safeParse(value).data?.Ref];
    const type = template.Resources[id ?? '']?.Type;
    if (id === undefined || type === undefined) return name;
    const form = arns[attribute === undefined ? type : `${type} ${attribute}`];
    if (form === undefined && attribute?.endsWith('Arn'))
      throw new Error(`How does the ${attribute} of a ${type} look?`);
    return form?.(id) ?? `${id}${attribute ?? ''}`;
  }
}
