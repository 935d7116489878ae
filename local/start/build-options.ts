import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { parse } from 'yaml';
import * as z from 'zod';

/** What esbuild takes, it checks itself. */
const buildOptions = z.custom<BuildOptions>((value) => z.looseObject({}).safeParse(value).success);

/** The options that every function is built with, from `shared/serverless/custom.yml`. */
export function readBuildOptions(root: string): BuildOptions {
  const file = join(root, 'shared', 'serverless', 'custom.yml');
  return z.object({ esbuild: buildOptions }).parse(parse(readFileSync(file, 'utf8'))).esbuild;
}
