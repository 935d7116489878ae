import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';

const tooLong = 'Invalid LogGroup or LogStream, both must have length less than or equal to 512.';
const maxName = z.string().max(512, { error: tooLong, abort: true });
export const groupName = maxName.regex(/^[.\-_/#A-Za-z0-9]+$/);
export const streamName = maxName.regex(/^[^:*]+$/);

/** The group by name or by ARN, as most calls take it. */
export const groupReference = {
  logGroupName: groupName.optional(),
  logGroupIdentifier: z.string().optional(),
};

/** @throws AwsError InvalidParameterException */
export function readLogInput<T>(input: JsonObject, schema: z.ZodType<T>): T {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.message === tooLong) throw invalidParameter(tooLong);
  const member = issue === undefined || issue.path.length === 0 ? 'request' : issue.path.join('.');
  const value =
    typeof issue?.input === 'string' || typeof issue?.input === 'number' ? `Value '${issue.input}'` : 'Value';
  throw invalidParameter(
    `1 validation error detected: ${value} at '${member}' failed to satisfy constraint: ${describeIssue(issue)}`,
  );
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string | undefined {
  switch (issue?.code) {
    case 'unrecognized_keys':
      return `unsupported ${issue.keys.join(', ')}`;
    case 'too_big':
      if (issue.origin === 'string') return `Member must have length less than or equal to ${issue.maximum}`;
      return issue.origin === 'number' || issue.origin === 'int'
        ? `Member must have value less than or equal to ${issue.maximum}`
        : issue.message;
    case 'too_small':
      if (issue.origin === 'string') return `Member must have length greater than or equal to ${issue.minimum}`;
      return issue.origin === 'number' || issue.origin === 'int'
        ? `Member must have value greater than or equal to ${issue.minimum}`
        : issue.message;
    default:
      return issue?.message;
  }
}

/** @throws AwsError when neither is given, or both are */
export function groupNameOf(reference: {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}): string {
  const { logGroupName, logGroupIdentifier } = reference;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw new AwsError('ValidationException', 'LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
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
