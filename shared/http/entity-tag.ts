import * as z from 'zod/mini';

/** The versions that a client holds to be current; `any` stands for `*`. */
export type ExpectedVersions = 'any' | readonly number[];

const tag = '(?:W/)?"[\\x21\\x23-\\x7e]*"';
const list = new RegExp(`^\\s*(?:\\*|${tag}(?:\\s*,\\s*${tag})*)\\s*$`);
/** More than anybody compares with, and fewer than DynamoDB's IN takes. */
const maxTags = 50;

/** The entity tag (RFC 9110, 8.8.3) of a thing that counts its versions. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * The field `If-Match` (RFC 9110, 13.1.1). Weak tags, and tags that `entityTag` did not make, are well-formed and match
 * nothing.
 */
export const ifMatch = fieldOf(/(?<!W\/)"(\d{1,15})"/g);

/** The field `If-None-Match` (RFC 9110, 13.1.2), for which a weak tag is as good as the strong one. */
export const ifNoneMatch = fieldOf(/(?:W\/)?"(\d{1,15})"/g);

export function includesVersion(expected: ExpectedVersions, version: number): boolean {
  return expected === 'any' || expected.includes(version);
}

function fieldOf(tags: RegExp): z.ZodMiniType<ExpectedVersions, string> {
  return z.pipe(
    z
      .string()
      .check(z.regex(list, { error: 'must be * or a list of entity tags in double quotes' }))
      .check(
        z.refine((field) => field.split(',').length <= maxTags, { error: `must have at most ${maxTags} entity tags` }),
      ),
    z.transform(
      (field: string): ExpectedVersions =>
        field.trim() === '*' ? 'any' : [...field.matchAll(tags)].map(([, version]) => Number(version)),
    ),
  );
}
