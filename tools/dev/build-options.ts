import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { parse } from 'yaml';
import * as z from 'zod';
import { esbuildOptions } from '#shared/serverless/bundling/esbuild-options.ts';

const withBundler = z.looseObject({ esbuild: z.looseObject({}).default({}) });
const serviceFile = z.looseObject({ custom: withBundler.optional() });

/**
 * The options that a deploy bundles the functions of a service with: those of `shared/serverless/custom.yml`, and before
 * them those of its own `custom.esbuild`.
 */
export function readBuildOptions(root: string, folder: string): BuildOptions {
  const shared = withBundler.parse(read(join(root, 'shared', 'serverless', 'custom.yml')));
  const file = join(folder, 'serverless.yml');
  const own = existsSync(file) ? serviceFile.parse(read(file)).custom?.esbuild : {};
  return esbuildOptions({ ...shared.esbuild, ...own });
}

function read(file: string): unknown {
  // The tags of CloudFormation, as in !Ref, are no values to YAML; none is in these options.
  return parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });
}
