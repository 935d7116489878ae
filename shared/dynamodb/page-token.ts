import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { invalidRequest } from '../errors/app-error.ts';

/** A page of a list: at most as many items as asked for, and the token of the next page when there is one. */
export type Page<T> = { readonly items: readonly T[]; readonly nextToken: string | undefined };

const maxTokenLength = 1024;
const tokenContent = z.strictObject({ position: z.string(), scope: z.string() });

/**
 * An opaque token that says after which sort key the next page begins.
 *
 * It holds sort-key material only, never a partition key: the repository builds the partition from the caller's own
 * identity for every page, so no token, however it was made, can reach into another partition. That is why it needs no
 * secret: the worst that a forged one can do is to start the forger's own list elsewhere. `scope` names what the list
 * is (partition, index, filters); its digest in the token refuses a token of another caller or of another query, which
 * would otherwise yield a page that silently is not the next one.
 */
export function encodePageToken(scope: readonly string[], position: string): string {
  return Buffer.from(JSON.stringify({ position, scope: digestOf(scope) })).toString('base64url');
}

/**
 * The sort key inside a token of the same `scope`.
 *
 * @param position what the sort key must look like
 * @throws AppError INVALID_REQUEST at `query.nextToken` for whatever `encodePageToken` did not make for this scope
 */
export function decodePageToken(scope: readonly string[], token: string, position: z.ZodMiniType<string>): string {
  const content = tokenContent.safeParse(parseToken(token));
  const result = position.safeParse(content.data?.position);
  if (content.data?.scope === digestOf(scope) && result.success) return result.data;
  throw invalidRequest([{ path: 'query.nextToken', message: 'is not a token of this list' }]);
}

/** What a query string may carry as `nextToken`. */
export const pageTokenParameter = z.string().check(z.minLength(1), z.maxLength(maxTokenLength));

function parseToken(token: string): unknown {
  const bytes = Buffer.from(token, 'base64url');
  // Buffer skips what is not base64: only what it would write itself is a token.
  if (token.length > maxTokenLength || bytes.toString('base64url') !== token) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function digestOf(scope: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(scope)).digest('base64url').slice(0, 16);
}
