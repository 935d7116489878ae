import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import { deriveId } from '../../core/derive-id.ts';
import { restBody } from '../../core/rest-protocol.ts';

/** The input that an update leaves: what is there, with the members of the body put over it. */
export function merge<T extends z.ZodRawShape>(schema: z.ZodObject<T>, existing: object, request: AwsRequest) {
  const known = Object.keys(schema.shape);
  const kept = Object.fromEntries(Object.entries(existing).filter(([key]) => known.includes(key)));
  return parse(schema, { ...kept, ...restBody(request) });
}

/** @throws AwsError BadRequestException naming everything that does not fit */
export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new AwsError('BadRequestException', z.prettifyError(result.error));
}

/** An id of what a control-plane call makes. */
export function newId(length: number): string {
  return deriveId(length, randomUUID());
}

export function list(items: readonly object[]) {
  return { body: { items } };
}
