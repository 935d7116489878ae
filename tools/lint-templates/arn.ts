import * as z from 'zod';
import type { Template } from '../render-templates/template.ts';
import { referenceOf } from './intrinsic.ts';

/** The types whose `Ref` is the ARN and not a name. */
const typesWithArnAsRef = new Set([
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::SNS::Topic',
  'AWS::WAFv2::WebACL',
]);

const join = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });
const format = z.object({
  'Fn::Sub': z.union([z.string(), z.tuple([z.string(), z.unknown()]).transform(([text]) => text)]),
});

/** Whether a value is an ARN or *, as far as can be told before a deploy. */
export function isArn(value: unknown, template: Template): boolean {
  if (typeof value === 'string') return value === '*' || value.startsWith('arn:');
  const [first] = join.safeParse(value).data?.['Fn::Join'][1] ?? [];
  if (first !== undefined) return isArn(first, template);
  const text = format.safeParse(value).data?.['Fn::Sub'];
  if (text !== undefined) {
    const [, path] = /^\$\{([^}]+)\}/.exec(text) ?? [];
    const [id = '', attribute] = path?.split('.') ?? [];
    return path === undefined ? isArn(text, template) : isArnOf(id, attribute, template);
  }
  const { id, attribute } = referenceOf(value) ?? {};
  // What another function yields cannot be told.
  return id === undefined || isArnOf(id, attribute, template);
}

function isArnOf(id: string, attribute: string | undefined, { Resources }: Template): boolean {
  return attribute === undefined ? typesWithArnAsRef.has(Resources[id]?.Type ?? '') : attribute.endsWith('Arn');
}
