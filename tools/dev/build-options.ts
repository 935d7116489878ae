import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { parse } from 'yaml';
import * as z from 'zod';

/** What esbuild takes, it checks itself. */
const buildOptions = z.custom<BuildOptions>((value) => z.looseObject({}).safeParse(value).success);
const names = z.array(z.string()).default([]);
const bundlerOptions = z.looseObject({
  outputFileExtension: z.string().default('.js'),
  external: names,
  exclude: names,
});

/** The options of serverless-esbuild that say how it builds and packs. The bundles are the same with any of them. */
const ofPackaging = new Set([
  'concurrency',
  'disposeContext',
  'exclude',
  'installExtraArgs',
  'keepOutputDirectory',
  'nativeZip',
  'outputBuildFolder',
  'outputFileExtension',
  'outputWorkFolder',
  'packagePath',
  'packager',
  'packagerOptions',
  'skipBuild',
  'skipBuildExcludeFns',
  'skipRebuild',
  'watch',
  'zipConcurrency',
]);

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
  const { outputFileExtension, external, exclude, ...options } = bundlerOptions.parse({ ...shared.esbuild, ...own });
  return buildOptions.parse({
    ...Object.fromEntries(Object.entries(options).filter(([name]) => !ofPackaging.has(name))),
    external: [...external, ...exclude],
    ...(outputFileExtension !== '.js' && { outExtension: { '.js': outputFileExtension } }),
  });
}

function read(file: string): unknown {
  // The tags of CloudFormation, as in !Ref, are no values to YAML; none is in these options.
  return parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });
}
