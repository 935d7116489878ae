import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../core/arn.ts';

const materialSchema = z.object({
  /** 64 hexadecimal digits. */
  id: z.string(),
  /** 256 bits, in Base64. */
  secret: z.string(),
});

export const keySchema = z.object({
  id: z.string(),
  region: z.string(),
  createdAt: z.number(),
  description: z.string(),
  policy: z.string(),
  tags: z.record(z.string(), z.string()),
  isEnabled: z.boolean(),
  /** When the key and its material are deleted; undefined unless deletion is scheduled. */
  deletionAt: z.number().optional(),
  rotation: z.object({ days: z.number(), nextAt: z.number() }).optional(),
  /** Set for the key of an AWS service, such as `sqs`. */
  managedFor: z.string().optional(),
  /** The last one encrypts; the others decrypt what was encrypted before a rotation. */
  materials: z.array(materialSchema).min(1),
});

export type Key = z.infer<typeof keySchema>;
export type KeyMaterial = z.infer<typeof materialSchema>;

export const aliasSchema = z.object({
  /** With `alias/` in front. */
  name: z.string(),
  keyId: z.string(),
  createdAt: z.number(),
  changedAt: z.number(),
});

export type Alias = z.infer<typeof aliasSchema>;

/** What AWS makes its own keys for, among the services of the endpoint. */
export const managingServices = ['dynamodb', 'lambda', 's3', 'secretsmanager', 'sns', 'sqs', 'ssm'] as const;

export function newKeyId(): string {
  return randomUUID();
}

export function newMaterial(): KeyMaterial {
  return { id: randomBytes(32).toString('hex'), secret: randomBytes(32).toString('base64') };
}

export function keyArn(region: string, keyId: string): string {
  return arn('kms', region, `key/${keyId}`);
}

export function aliasArn(region: string, name: string): string {
  return arn('kms', region, name);
}

export function currentMaterial({ id, materials }: Key): KeyMaterial {
  const current = materials.at(-1);
  if (current === undefined) throw new Error(`The key ${id} has no material`);
  return current;
}
