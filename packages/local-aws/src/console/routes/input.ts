import * as z from 'zod';
import type { ControlRequest } from '../../control/control-api.ts';
import { AwsError } from '../../core/aws-error.ts';

export const prefix = '/_local/api';

export const limit = z.coerce.number().int().min(1).max(1000).default(100);
export const time = z.coerce.number().int().min(0).optional();
export const text = z.string().max(1000).optional();
export const flag = z
  .enum(['true', 'false', ''])
  .default('false')
  .transform((value) => value !== 'false');

/** The query of a request. @throws AwsError ValidationException, also for parameters that the schema does not know */
export function queryInput<T>(schema: z.ZodType<T>, { query }: ControlRequest): T {
  const parsed = schema.safeParse(Object.fromEntries(query));
  if (parsed.success) return parsed.data;
  throw new AwsError('ValidationException', z.prettifyError(parsed.error));
}

export function notFound(what: string): AwsError {
  return new AwsError('NotFound', `There is no ${what}.`, 404);
}
