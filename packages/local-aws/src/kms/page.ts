import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';

/** The members of a list action that say which page is asked for. */
export function paging(defaultLimit: number) {
  return { Limit: z.int().min(1).max(1000).default(defaultLimit), Marker: z.string().max(1024).optional() };
}

type Page<T> = {
  readonly items: readonly T[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
};

/**
 * @param entries what there is after the name `after`, in order
 * @param nameOf what the next page begins after
 * @throws AwsError InvalidMarkerException
 */
export function pageOf<T>(
  entries: (after: string | undefined) => Iterable<T>,
  { Limit, Marker }: { readonly Limit: number; readonly Marker?: string | undefined },
  nameOf: (item: T) => string,
): Page<T> {
  const items: T[] = [];
  for (const item of entries(Marker === undefined ? undefined : readMarker(Marker))) {
    const last = items.at(-1);
    if (items.length === Limit && last !== undefined) {
      return { items, Truncated: true, NextMarker: Buffer.from(`after:${nameOf(last)}`).toString('base64url') };
    }
    items.push(item);
  }
  return { items, Truncated: false };
}

function readMarker(text: string): string {
  const name = /^after:(.+)$/s.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (name === undefined) throw new AwsError('InvalidMarkerException', 'Could not deserialize marker.');
  return name;
}
