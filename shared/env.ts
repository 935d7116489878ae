import type * as z from 'zod/mini';

/**
 * The process environment, read through a schema. The only place of the functions that touches `process.env`.
 *
 * @throws Error naming every variable that is missing or wrong, without its value
 */
export function readEnv<T>(schema: z.ZodMiniType<T>): T {
  const result = schema.safeParse(process.env);
  if (result.success) return result.data;
  const names = result.error.issues.map(({ path }) => path.join('.'));
  throw new Error(`Missing or invalid environment variables: ${[...new Set(names)].join(', ')}`);
}
