import * as z from 'zod';
import { statementSchema } from './policy-statement.ts';
import { urlConfigSchema } from './urls/url-config.ts';

const functionLayerSchema = z.object({
  arn: z.string(),
  codeSize: z.int(),
  /** Absent for a layer of AWS that the endpoint itself provides. */
  codeSha256: z.string().optional(),
});
export type FunctionLayer = z.infer<typeof functionLayerSchema>;

/** One version's code and configuration, `$LATEST` included. */
const functionVersionSchema = z.object({
  functionName: z.string(),
  /** Without a qualifier. */
  functionArn: z.string(),
  version: z.string(),
  runtime: z.string(),
  role: z.string(),
  handler: z.string(),
  description: z.string(),
  /** Of a published version: the description that `$LATEST` had then, which the version's own may have replaced. */
  publishedDescription: z.string().optional(),
  /** Seconds. */
  timeout: z.int(),
  /** Megabytes. */
  memorySize: z.int(),
  variables: z.record(z.string(), z.string()),
  architecture: z.string(),
  ephemeralStorage: z.int(),
  tracingMode: z.string(),
  logging: z.object({
    format: z.enum(['Text', 'JSON']),
    group: z.string(),
    applicationLevel: z.string(),
    systemLevel: z.string(),
  }),
  deadLetterArn: z.string().optional(),
  kmsKeyArn: z.string().optional(),
  layers: z.array(functionLayerSchema).optional(),
  vpc: z.object({ subnetIds: z.array(z.string()), securityGroupIds: z.array(z.string()) }).optional(),
  /** Base64, as the API shows it. */
  codeSha256: z.string(),
  codeSize: z.int(),
  lastModified: z.string(),
  revisionId: z.string(),
});
export type FunctionVersion = z.infer<typeof functionVersionSchema>;

const aliasSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  /** The share of invocations, 0 to 1, that goes to other versions. */
  weights: z.record(z.string(), z.number()),
  revisionId: z.string(),
});
export type Alias = z.infer<typeof aliasSchema>;

const eventInvokeSchema = z.object({
  maximumRetryAttempts: z.int().optional(),
  /** Seconds. */
  maximumEventAge: z.int().optional(),
  onSuccess: z.string().optional(),
  onFailure: z.string().optional(),
  lastModified: z.number(),
});
export type EventInvokeConfig = z.infer<typeof eventInvokeSchema>;

const provisionedConfigSchema = z.object({ requested: z.int(), lastModified: z.number() });
export type ProvisionedConfig = z.infer<typeof provisionedConfigSchema>;

/** A function with all that belongs to it. By-qualifier maps use `$LATEST` for the unqualified function. */
export const functionRecordSchema = z.object({
  name: z.string(),
  arn: z.string(),
  latest: functionVersionSchema,
  versions: z.array(functionVersionSchema),
  nextVersion: z.int(),
  aliases: z.array(aliasSchema),
  policies: z.record(z.string(), z.object({ revisionId: z.string(), statements: z.array(statementSchema) })),
  eventInvoke: z.record(z.string(), eventInvokeSchema),
  urls: z.record(z.string(), urlConfigSchema).optional(),
  reservedConcurrency: z.int().optional(),
  /** Of versions and aliases. */
  provisioned: z.record(z.string(), provisionedConfigSchema).default({}),
  tags: z.record(z.string(), z.string()),
});
export type FunctionRecord = z.infer<typeof functionRecordSchema>;
