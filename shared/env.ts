import * as z from 'zod/mini';

// A variable that says where a resource is has its name from the resource and from what the value is:
// TASKS_TABLE_NAME, ACTION_QUEUE_URL, LIST_TASKS_FUNCTION_ARN, ORDER_TOPIC_ARN.

/** The value of a `…_TABLE_NAME`. */
export const tableName = z.string().check(z.minLength(3));
/** The value of a `…_QUEUE_URL`. */
export const queueUrl = z.url();
/** The value of a `…_BUS_NAME`. */
export const busName = z.string().check(z.minLength(1));
/** The value of a `…_FUNCTION_ARN` or a `…_TOPIC_ARN`. */
export const arn = z.string().check(z.startsWith('arn:'));

/** All variables, for the AWS SDK, which reads its own. */
export const environment = (): NodeJS.ProcessEnv => process.env;

/**
 * Reads the process environment through a schema. Nothing else in the functions touches `process.env`.
 *
 * @throws Error that names every variable that is missing or invalid, without its value
 */
export function readEnv<T>(schema: z.ZodMiniType<T>): T {
  const result = schema.safeParse(process.env);
  if (result.success) return result.data;
  const names = result.error.issues.map(({ path }) => path.join('.'));
  throw new Error(`Missing or invalid environment variables: ${[...new Set(names)].join(', ')}`);
}
