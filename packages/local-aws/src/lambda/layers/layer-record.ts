import * as z from 'zod';
import { statementSchema } from '../policy-statement.ts';

const layerVersionSchema = z.object({
  version: z.int(),
  description: z.string(),
  createdAt: z.string(),
  /** Absent where the publisher said nothing, which is shown differently from an empty list. */
  runtimes: z.array(z.string()).optional(),
  architectures: z.array(z.string()).optional(),
  licenseInfo: z.string().optional(),
  /** Base64, as the API shows it. */
  codeSha256: z.string(),
  codeSize: z.int(),
  policy: z.object({ revisionId: z.string(), statements: z.array(statementSchema) }).optional(),
});
export type LayerVersion = z.infer<typeof layerVersionSchema>;

/** A layer with its versions, oldest first. It stays when they are deleted: numbers are given once. */
export const layerSchema = z.object({
  name: z.string(),
  arn: z.string(),
  nextVersion: z.int(),
  versions: z.array(layerVersionSchema),
});
export type Layer = z.infer<typeof layerSchema>;

export function layerVersionArn({ arn }: Pick<Layer, 'arn'>, { version }: Pick<LayerVersion, 'version'>): string {
  return `${arn}:${version}`;
}
