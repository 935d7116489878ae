import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { TagMap } from '../core/tags.ts';
import { validation } from './kms-error.ts';

/** KMS names the members of a tag in its own way. */
export const tagSchema = z.strictObject({ TagKey: z.string().min(1), TagValue: z.string() });
type KeyTag = z.infer<typeof tagSchema>;

const maxTags = 50;

/** @param present the tags that the key has. @throws AwsError TagException, ValidationException */
export function checkTags(tags: readonly KeyTag[], present: TagMap = {}): void {
  for (const [index, { TagKey, TagValue }] of tags.entries()) {
    checkLength(TagKey, `tags.${index + 1}.member.tagKey`, 128);
    checkLength(TagValue, `tags.${index + 1}.member.tagValue`, 256);
  }
  const names = tags.map(({ TagKey }) => TagKey);
  if (names.some((name) => name.toLowerCase().startsWith('aws:'))) {
    throw tagError('Tags beginning with aws: are reserved');
  }
  if (new Set(names).size < names.length) throw tagError('Duplicate tag keys');
  if (new Set([...Object.keys(present), ...names]).size > maxTags) throw tagError('Too many tags');
}

export function tagsOf(tags: readonly KeyTag[]): TagMap {
  return Object.fromEntries(tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
}

function checkLength(text: string, member: string, limit: number): void {
  if (text.length <= limit) return;
  throw validation(
    `1 validation error detected: Value '${text}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${limit}`,
  );
}

function tagError(message: string): AwsError {
  return new AwsError('TagException', message);
}
