import * as z from 'zod';
import type { QueryInput } from '../core/query-protocol.ts';
import { templateError } from './template-error.ts';

/** Lists that are empty arrive as an empty string. */
function list<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (value === '' || value === undefined ? [] : value), z.array(item));
}

function optionalList<T extends z.ZodType>(item: T) {
  return z.union([z.literal('').transform((): z.output<T>[] => []), z.array(item)]).optional();
}

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const text = z.string().min(1);

const nameConstraint = 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*';

export const stackNameField = z.string().regex(/^(?:[a-zA-Z][-a-zA-Z0-9]{0,127}|arn:.*)$/, nameConstraint);

export const newStackNameField = z.string().regex(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/, nameConstraint);

export const fields = {
  text,
  flag,
  list,
  parameters: list(
    z.strictObject({
      ParameterKey: text,
      ParameterValue: z.string().optional(),
      UsePreviousValue: flag.optional(),
    }),
  ),
  token: z
    .string()
    .regex(
      /^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/,
      'Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*',
    ),
  /** A switch that the local endpoint has in one position only. */
  off: z.literal('false', { error: 'Member must be false, as the local endpoint supports nothing else' }),
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
  // Absent on an update, tags and topics stay as they are.
  Tags: optionalList(z.strictObject({ Key: text, Value: z.string() })),
  Capabilities: list(z.enum(['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'])),
  // Both belong to the account rather than to the service: they are kept and shown, and need not exist.
  NotificationARNs: optionalList(text),
  RoleARN: text.optional(),
} as const;

/** What every Query call says, whatever the action; a call may be signed in its query. */
const protocolMember = /^(?:Action|Version|X-Amz-.+)$/;

/**
 * Members that the schema does not have are refused, unless they are empty lists, which say nothing.
 * @throws AwsError ValidationError in the words of AWS's request validation
 */
export function parseRequest<S extends z.ZodObject>(schema: S, input: QueryInput): z.output<S> {
  const unsupported = Object.keys(input).filter(
    (name) => !Object.hasOwn(schema.shape, name) && !protocolMember.test(name) && input[name] !== '',
  );
  if (unsupported.length > 0) {
    throw templateError(
      `${unsupported.join(', ')} is not supported by the local endpoint. See the support matrix of local-aws.`,
    );
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
