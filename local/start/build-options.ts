import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { parse } from 'yaml';
import * as z from 'zod';

/** What of serverless-esbuild's options changes what a bundle is. */
const esbuildOptions = z.object({
  target: z.string(),
  format: z.enum(['cjs', 'esm']),
  platform: z.literal('node'),
  minify: z.boolean(),
  sourcemap: z.boolean(),
  mainFields: z.array(z.string()),
  alias: z.record(z.string(), z.string()),
  supported: z.record(z.string(), z.boolean()),
  outputFileExtension: z.string(),
});

/** The options that every service is built with, from `shared/serverless/custom.yml`. */
export function readBuildOptions(root: string): BuildOptions {
  const file = join(root, 'shared', 'serverless', 'custom.yml');
  const { outputFileExtension, ...options } = z
    .object({ esbuild: esbuildOptions })
    .parse(parse(readFileSync(file, 'utf8'))).esbuild;
  return { ...options, outExtension: { '.js': outputFileExtension } };
}
