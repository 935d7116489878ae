import * as z from 'zod';
import type { JsonObject } from '../core/json.ts';
import type { ActionContext, JsonAction } from '../core/json-protocol.ts';
import { eventsError } from './events-error.ts';

/** An action whose input is parsed first; a member that the schema does not know is refused by name. */
export function eventsAction<S extends z.ZodType>(
  schema: S,
  run: (input: z.output<S>, context: ActionContext) => Promise<object> | object,
): JsonAction {
  return (input, context) => run(parseInput(schema, input), context);
}

function parseInput<S extends z.ZodType>(schema: S, input: JsonObject): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ');
    throw eventsError.validation(
      `${names} is not supported by the local endpoint. See the support matrix of local-aws.`,
    );
  }
  throw eventsError.validation(
    `1 validation error detected: Value at '${path}' failed to satisfy constraint: ${issue?.message ?? 'invalid'}`,
  );
}

/** Of a rule, and of a target within its rule. */
export const ruleName = z
  .string()
  .min(1, 'Member must have length greater than or equal to 1')
  .max(64, 'Member must have length less than or equal to 64')
  .regex(/^[.\-_A-Za-z0-9]+$/, 'Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+');
export const customBusName = z
  .string()
  .min(1, 'Member must have length greater than or equal to 1')
  .max(256, 'Member must have length less than or equal to 256')
  .regex(/^[.\-_A-Za-z0-9]+$/, 'Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+');
export const tagsInput = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));

const pageInput = { Limit: z.int().min(1).max(100).default(100), NextToken: z.string().optional() };
export const namedPageInput = { ...pageInput, NamePrefix: z.string().optional() };
export const listPageInput = pageInput;

/** A page of what is sorted already. The token is the position of the next item. */
export function pageOf<T>(
  all: readonly T[],
  { Limit, NextToken }: { readonly Limit: number; readonly NextToken?: string | undefined },
): { readonly items: readonly T[]; readonly NextToken?: string } {
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString());
  if (!Number.isInteger(from) || from < 0) throw eventsError.validation('Token is not valid.');
  const next = from + Limit;
  return {
    items: all.slice(from, next),
    ...(next < all.length && { NextToken: Buffer.from(String(next)).toString('base64') }),
  };
}
