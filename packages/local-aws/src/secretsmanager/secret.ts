import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../core/arn.ts';

export const current = 'AWSCURRENT';
export const previous = 'AWSPREVIOUS';
export const pending = 'AWSPENDING';

const versionSchema = z.object({
  id: z.string(),
  /** A version without a stage is deprecated: it can be deleted at any time. */
  stages: z.array(z.string()),
  text: z.string().optional(),
  /** In Base64. */
  binary: z.string().optional(),
  createdAt: z.number(),
  /** The day of the last read. */
  accessedAt: z.number().optional(),
});

export const secretSchema = z.object({
  name: z.string(),
  arn: z.string(),
  region: z.string(),
  description: z.string().optional(),
  kmsKeyId: z.string().optional(),
  policy: z.string().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
  /** The day of the last read. */
  accessedAt: z.number().optional(),
  /** When it is deleted for good; undefined unless it is marked for deletion. */
  deletionAt: z.number().optional(),
  deletedAt: z.number().optional(),
  /** Undefined until the secret has got a tag. */
  tags: z.record(z.string(), z.string()).optional(),
  /** Oldest first. */
  versions: z.array(versionSchema),
});

export type SecretVersion = z.infer<typeof versionSchema>;
export type Secret = z.infer<typeof secretSchema>;
export type SecretValue = Pick<SecretVersion, 'text' | 'binary'>;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The ARN of a new secret: its name with six random characters, so that a later one of the name differs. */
export function newSecretArn(region: string, name: string): string {
  const suffix = Array.from({ length: 6 }, () => letters.charAt(randomInt(letters.length))).join('');
  return arn('secretsmanager', region, `secret:${name}-${suffix}`);
}
