import * as z from 'zod';
import type { QueryInput } from '../core/query-protocol.ts';
import { templateError } from './template-error.ts';

/** Lists that are empty arrive as an empty string. */
function list<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (value === '' || value === undefined ? [] : value), z.array(item));
}

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const text = z.string().min(1);

export const stackNameField = z
  .string()
  .regex(
    /^(?:[a-zA-Z][-a-zA-Z0-9]{0,127}|arn:.*)$/,
    'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*',
  );

export const newStackNameField = z
  .string()
  .regex(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/, 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');

export const fields = {
  text,
  flag,
  list,
  parameters: list(
    z.object({
      ParameterKey: text,
      ParameterValue: z.string().optional(),
      UsePreviousValue: flag.optional(),
    }),
  ),
  tags: list(z.object({ Key: text, Value: z.string() })),
} as const;

/** What every call that brings a template may say. */
export const templateFields = {
  TemplateBody: text.optional(),
  TemplateURL: text.optional(),
  UsePreviousTemplate: flag.optional(),
} as const;

export const deployFields = {
  ...templateFields,
  Parameters: fields.parameters,
  // Absent on an update, tags stay as they are.
  Tags: z.union([z.literal('').transform(() => []), z.array(z.object({ Key: text, Value: z.string() }))]).optional(),
  Capabilities: list(text),
  NotificationARNs: list(text),
  RoleARN: text.optional(),
  ClientRequestToken: text.optional(),
} as const;

/** Members with an effect that the local endpoint does not have are refused when they are given. */
const unsupportedMembers = [
  'ResourcesToImport',
  'StackPolicyDuringUpdateBody',
  'StackPolicyDuringUpdateURL',
  'ResourceTypes',
];

/** @throws AwsError ValidationError in the words of AWS's request validation */
export function parseRequest<T>(schema: z.ZodType<T>, input: QueryInput): T {
  const unsupported = unsupportedMembers.filter((name) => input[name] !== undefined && input[name] !== '');
  if (unsupported.length > 0) {
    throw templateError(`${unsupported.join(', ')} is not supported by the local endpoint. See local/README.md.`);
  }
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const [first = '', ...rest] = issue.path.map(String);
    const path = [first.charAt(0).toLowerCase() + first.slice(1), ...rest].join('.');
    const value = issue.path.length === 1 ? input[first] : undefined;
    const shown = typeof value === 'string' ? `'${value.slice(0, 1000)}'` : 'null';
    const constraint = value === undefined && issue.code === 'invalid_type' ? 'Member must not be null' : issue.message;
    return `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
  });
  const count = problems.length;
  throw templateError(`${count} validation error${count > 1 ? 's' : ''} detected: ${problems.join('; ')}`);
}
