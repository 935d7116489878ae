import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';

const name = z.string().regex(/^[.\-_/#A-Za-z0-9]{1,512}$/);

/** A group is named, or identified by its ARN. Parsed by `inputOf` into `group`. */
export const groupName = { logGroupName: name.optional(), logGroupIdentifier: z.string().max(2048).optional() };

export function limit(max: number, otherwise = max) {
  return z.number().int().min(1).max(max).default(otherwise);
}

/** @throws AwsError InvalidParameterException */
export function inputOf<S extends z.ZodObject>(schema: S, input: JsonObject): z.infer<S> & { group: string } {
  const result = schema.safeParse(input);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new AwsError('InvalidParameterException', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  const identifier = typeof input.logGroupIdentifier === 'string' ? input.logGroupIdentifier : undefined;
  const fromArn = identifier === undefined ? undefined : (/log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier);
  const group = typeof input.logGroupName === 'string' ? input.logGroupName : fromArn;
  if (group === undefined && 'logGroupName' in schema.shape) {
    throw new AwsError('InvalidParameterException', 'logGroupName: a log group name is required');
  }
  return { ...result.data, group: group ?? '' };
}
