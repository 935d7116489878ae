import * as z from 'zod';
import type { AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import { type RestAnswer, restBody } from '../../core/rest-protocol.ts';

const operationNames = ['add', 'remove', 'move', 'test', 'replace', 'copy'] as const;
const operationName = z.enum(operationNames);
const patchSchema = z.object({
  patchOperations: z
    .array(
      z.object({
        op: z.string(),
        path: z.string().nullish(),
        value: z.string().nullish(),
        from: z.string().nullish(),
      }),
    )
    .optional(),
});

export type PatchOperation = {
  readonly op: z.infer<typeof operationName>;
  readonly path: string;
  readonly value?: string;
  /** What `copy` copies. */
  readonly from?: string;
};

/**
 * The operations of an update.
 * @param operation the name of the call, `updateStage`, for the errors
 * @throws AwsError ValidationException that names each operation that does not exist
 */
export function patchesOf(request: AwsRequest, operation: string): PatchOperation[] {
  const { patchOperations = [] } = parse(patchSchema, restBody(request));
  const unknown = patchOperations.flatMap(({ op }, index) =>
    operationName.safeParse(op).success
      ? []
      : `Value '${op}' at '${operation}Input.patchOperations.${index + 1}.member.op' failed to satisfy constraint: Member must satisfy enum value set: [${operationNames.join(', ')}]`,
  );
  if (unknown.length > 0) {
    const errors = unknown.length === 1 ? '1 validation error' : `${unknown.length} validation errors`;
    throw new AwsError('ValidationException', `${errors} detected: ${unknown.join('; ')}`);
  }
  return patchOperations.map(({ op, path, value, from }) => ({
    op: operationName.parse(op),
    path: path ?? refusePath(null),
    ...(typeof value === 'string' && { value }),
    ...(typeof from === 'string' && { from }),
  }));
}

/** @throws AwsError BadRequestException */
export function refusePath(path: string | null): never {
  throw new AwsError('BadRequestException', `Invalid patch path ${path}`);
}

/**
 * Does an update of which each operation replaces a member, and refuses any other.
 * @param members what sets a member, by its path
 */
export function replaceMembers(
  operations: readonly PatchOperation[],
  members: Readonly<Record<string, (value: string) => void>>,
): void {
  for (const { op, path, value = '' } of operations) {
    const replace = Object.hasOwn(members, path) ? members[path] : undefined;
    if (op === 'replace' && replace !== undefined) {
      replace(value);
      continue;
    }
    const choices =
      op === 'replace' ? `Must be one of: [${Object.keys(members).join(', ')}]` : 'Please choose supported operations';
    throw new AwsError('BadRequestException', `Invalid patch path  '${path}' specified for op '${op}'. ${choices}`);
  }
}

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
