import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { OptionSet } from '../render-templates/option-sets.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const paramsSchema = z.record(z.string(), z.record(z.string(), text));
const optionsSchema = z.object({
  auth: z.enum(['none', 'jwt', 'cognito', 'lambda', 'iam']),
  domainName: z.string(),
  disableExecuteApiEndpoint: z.stringbool(),
  webAcl: z.string(),
  apiKeyRequired: z.stringbool(),
});

/** The options that concern the APIs of a service. */
export type ApiOptions = z.infer<typeof optionsSchema> & { readonly service: string };

/** Reads shared/serverless/params.yml as the framework does: what is given before the stage's before the default. */
export function readApiOptions(root: string, service: string, { stage, params }: OptionSet): ApiOptions {
  const known = paramsSchema.parse(parse(readFileSync(join(root, 'shared', 'serverless', 'params.yml'), 'utf8')));
  return { service, ...optionsSchema.parse({ ...known.default, ...known[stage], ...params }) };
}
