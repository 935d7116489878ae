import type { BuildOptions } from 'esbuild';
import * as z from 'zod';

const names = z.array(z.string()).default([]);
const bundlerOptions = z.looseObject({
  outputFileExtension: z.string().default('.js'),
  external: names,
  exclude: names,
});

/** What esbuild takes, it checks itself. */
const buildOptions = z.custom<BuildOptions>((value) => z.looseObject({}).safeParse(value).success);

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
  'stripEntryResolveExtensions',
  'watch',
  'zipConcurrency',
]);

/** The options of esbuild that serverless-esbuild makes of its own. */
export function esbuildOptions(ofBundler: object): BuildOptions {
  const { outputFileExtension, external, exclude, ...options } = bundlerOptions.parse(ofBundler);
  return buildOptions.parse({
    ...Object.fromEntries(Object.entries(options).filter(([name]) => !ofPackaging.has(name))),
    external: [...external, ...(exclude.includes('*') ? [] : exclude)],
    ...(outputFileExtension !== '.js' && { outExtension: { '.js': outputFileExtension } }),
  });
}
