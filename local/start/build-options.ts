import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { parse } from 'yaml';
import * as z from 'zod';

/** What of serverless-esbuild's options is esbuild's own. */
const buildOptions = z.object({
  target: z.string().optional(),
  format: z.enum(['cjs', 'esm']).optional(),
  platform: z.literal('node').optional(),
  minify: z.boolean().optional(),
  sourcemap: z.union([z.boolean(), z.enum(['inline', 'external', 'linked', 'both'])]).optional(),
  mainFields: z.array(z.string()).optional(),
  conditions: z.array(z.string()).optional(),
  external: z.array(z.string()).optional(),
  define: z.record(z.string(), z.string()).optional(),
  keepNames: z.boolean().optional(),
});

/** The options that every service is built with, from `shared/serverless/esbuild.yml`. */
export function readBuildOptions(root: string): BuildOptions {
  const file = join(root, 'shared', 'serverless', 'esbuild.yml');
  const options = buildOptions.parse(parse(readFileSync(file, 'utf8')));
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
