import * as z from 'zod';
import { queryList } from '../core/query-request.ts';

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
  list: queryList,
  parameters: queryList(
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

/** How an operation is run. Resources are ready as soon as they exist, so that there is no express mode. */
export const deploymentConfig = z
  .strictObject({
    Mode: z.literal('STANDARD', { error: 'Member must satisfy enum value set: [STANDARD]' }).optional(),
    DisableRollback: fields.off.optional(),
  })
  .optional();

export const deployFields = {
  ...templateFields,
  Parameters: fields.parameters,
  // Absent on an update, tags and topics stay as they are.
  Tags: optionalList(z.strictObject({ Key: text, Value: z.string() })),
  Capabilities: queryList(z.enum(['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'])),
  // Both belong to the account rather than to the service: they are kept and shown, and need not exist.
  NotificationARNs: optionalList(text),
  RoleARN: text.optional(),
  DeploymentConfig: deploymentConfig,
} as const;
