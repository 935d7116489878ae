import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { RestAnswer } from '../core/rest-protocol.ts';

export const patchSchema = z.object({
  patchOperations: z
    .array(z.object({ op: z.enum(['add', 'replace', 'remove']), path: z.string(), value: z.string().optional() }))
    .optional(),
});
/** `position` is where the last page ended. */
export function page(items: readonly object[], query: URLSearchParams): RestAnswer {
  const start = Number(query.get('position') ?? 0) || 0;
  const end = start + Math.min(Number(query.get('limit') ?? 25) || 25, 500);
  return { body: { item: items.slice(start, end), ...(end < items.length && { position: String(end) }) } };
}

export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new AwsError('BadRequestException', z.prettifyError(result.error));
}
