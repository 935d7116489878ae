import type * as z from 'zod';
import { AwsError } from './aws-error.ts';
import type { JsonObject } from './json.ts';

/**
 * The input of an action, as its schema reads it.
 *
 * @throws AwsError ValidationException that names each member that is wrong, in AWS's words
 */
export function readInput<S extends z.ZodType>(
  input: JsonObject,
  schema: S,
  code = 'ValidationException',
): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `Value at '${path.map(String).join('.')}': ${message}`,
  );
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
  throw new AwsError(code, `${count}: ${problems.join('; ')}`);
}
