import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import type { RestAnswer } from '../../core/rest-protocol.ts';

const operationSchema = z.object({
  op: z.enum(['add', 'replace', 'remove']),
  path: z.string(),
  value: z.string().optional(),
});
export type PatchOperation = z.infer<typeof operationSchema>;

export const patchSchema = z.object({ patchOperations: z.array(operationSchema).optional() });

export const apiKeyName = z.string().max(1024, 'Invalid API Key name, can be at most 1024 characters.');
export const apiKeyValue = z
  .string()
  .min(20, 'API Key value should be at least 20 characters')
  .max(128, 'API Key value exceeds maximum size of 128 characters');

const paging = z.object({
  /** Where the last page ended. */
  position: z
    .string()
    .regex(/^\d{1,9}$/, 'Invalid position parameter')
    .transform(Number)
    .default(0),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'Invalid limit parameter')
    .transform(Number)
    .default(25),
});

/**
 * One page of a list.
 * @param filters the names of the other parameters that have been followed; one more would be passed over in silence
 */
export function page(items: readonly object[], query: URLSearchParams, filters: readonly string[] = []): RestAnswer {
  const unknown = [...query.keys()].find((name) => !['position', 'limit', ...filters].includes(name));
  if (unknown !== undefined) throw new AwsError('BadRequestException', `The parameter ${unknown} is not supported`);
  const { position, limit } = parse(paging, Object.fromEntries(query));
  const end = position + Math.min(limit, 500);
  return { body: { item: items.slice(position, end), ...(end < items.length && { position: String(end) }) } };
}

export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new AwsError('BadRequestException', z.prettifyError(result.error));
}
