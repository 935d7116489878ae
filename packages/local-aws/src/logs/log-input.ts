import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';

export const groupName = z.string().regex(/^[.\-_/#A-Za-z0-9]{1,512}$/);
export const streamName = z.string().regex(/^[^:*]{1,512}$/);

/** The group by name or by ARN, as most calls take it. */
export const groupReference = {
  logGroupName: groupName.optional(),
  logGroupIdentifier: z.string().optional(),
};

/** @throws AwsError InvalidParameterException */
export function readLogInput<T>(input: JsonObject, schema: z.ZodType<T>): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? `unsupported ${issue.keys.join(', ')}` : issue?.message;
  const member = issue === undefined || issue.path.length === 0 ? 'request' : issue.path.join('.');
  throw invalidParameter(`1 validation error detected: Value at '${member}' failed to satisfy constraint: ${keys}`);
}

/** @throws AwsError InvalidParameterException when neither is given */
export function groupNameOf(reference: {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}): string {
  const { logGroupName, logGroupIdentifier } = reference;
  const name = logGroupName ?? (logGroupIdentifier === undefined ? undefined : nameFromArn(logGroupIdentifier));
  if (name === undefined) throw invalidParameter('Either a log group name or a log group identifier is required.');
  return name;
}

/** `arn:aws:logs:<region>:<account>:log-group:<name>[:*]`; anything else is a name already. */
export function nameFromArn(text: string): string {
  return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(?::\*)?$/.exec(text)?.[1] ?? text;
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** An opaque place in a list. */
export function encodeToken(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws AwsError InvalidParameterException */
export function decodeToken<T>(token: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    throw invalidParameter('The specified nextToken is invalid.');
  }
}
