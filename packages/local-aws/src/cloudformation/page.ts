import { templateError } from './template-error.ts';

/** One page of a list; a token is the position to go on from. */
export function page<T>(
  items: readonly T[],
  token: string | undefined,
  size = 100,
): { items: readonly T[]; next: string | undefined } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isSafeInteger(start) || start < 0) throw templateError('The NextToken is not valid.');
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}
