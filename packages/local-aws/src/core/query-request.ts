import * as z from 'zod';
import { AwsError } from './aws-error.ts';
import type { QueryInput } from './query-protocol.ts';

/** A list of the Query protocol; empty ones arrive as an empty string. */
export function queryList<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (value === '' || value === undefined ? [] : value), z.array(item));
}

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
    throw new AwsError(
      'ValidationError',
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
  throw new AwsError(
    'ValidationError',
    `${count} validation error${count > 1 ? 's' : ''} detected: ${problems.join('; ')}`,
  );
}
