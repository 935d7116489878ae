import * as z from 'zod';
import { arn } from '../core/arn.ts';

export const parameterTypes = ['String', 'StringList', 'SecureString'] as const;
const tiers = ['Standard', 'Advanced', 'Intelligent-Tiering'] as const;
export const dataTypes = ['text', 'aws:ec2:image', 'aws:ssm:integration'] as const;

export const tierSchema = z.enum(tiers);

const versionSchema = z.object({
  version: z.number(),
  value: z.string(),
  type: z.enum(parameterTypes),
  lastModified: z.number(),
  modifiedBy: z.string(),
  description: z.string().optional(),
  allowedPattern: z.string().optional(),
  tier: tierSchema,
  dataType: z.enum(dataTypes),
  keyId: z.string().optional(),
  labels: z.array(z.string()),
});

export const parameterSchema = z.object({
  name: z.string(),
  region: z.string(),
  tags: z.record(z.string(), z.string()),
  /** Oldest first; at most 100 are kept. */
  versions: z.array(versionSchema).min(1),
});

export type ParameterVersion = z.infer<typeof versionSchema>;
export type Parameter = z.infer<typeof parameterSchema>;

/** `/a/b` is `parameter/a/b`, and so is `a/b`. */
export function parameterArn(region: string, name: string): string {
  return arn('ssm', region, `parameter/${name.replace(/^\//, '')}`);
}
