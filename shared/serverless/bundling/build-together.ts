import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { noteBundled } from '../deploy-inputs.ts';
import { restoreBundles, saveBundles, sourcesOf } from './bundle-cache.ts';
import { esbuildOptions } from './esbuild-options.ts';
import type { Bundler } from './framework.ts';
import { recordInputs } from './record-inputs.ts';

const cache = fileURLToPath(new URL('../../../.local/bundles/', import.meta.url));

/** With these, serverless-esbuild does more than a build of each source by itself. */
const ofSeparateBuilds = ['metafile', 'nodeExternals', 'skipBuild', 'splitting'];

type Service = {
  /** With that of the function, if a command is for one. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
};

/**
 * Bundles all functions in one build, which reads what they have in common once, or takes the bundles of the last build if
 * nothing has changed since. They are the same as those of serverless-esbuild, which builds one source after another. It
 * finds them in its cache.
 */
export async function buildTogether(bundler: Bundler, service: Service, folder: string = cache): Promise<void> {
  const { buildOptions, buildDirPath, plugins } = bundler;
  if (ofSeparateBuilds.some((name) => Reflect.get(buildOptions, name))) return;
  const entries = [...new Set(bundler.functionEntries.map(({ entry }) => entry))];
  const options: BuildOptions = {
    ...esbuildOptions(buildOptions),
    absWorkingDir: service.folder,
    metafile: true,
    entryPoints: entries.map((entry) => ({ in: entry, out: entry.slice(0, entry.lastIndexOf('.')) })),
  };
  const own = plugins.filter((plugin) => plugin !== recordInputs);
  const warnings = await buildOrRestore({ ...options, outdir: buildDirPath, plugins: own }, service, folder);
  bundler.buildCache = Object.fromEntries(
    entries.map((entry) => [entry, { result: { warnings, rebuild: async () => {} } }]),
  );
}

async function buildOrRestore(options: BuildOptions & { readonly outdir: string }, service: Service, folder: string) {
  const { build, version } = await import('esbuild');
  const { outdir, plugins = [], absWorkingDir: _, ...named } = options;
  const { env } = process;
  const key = JSON.stringify([version, env.NODE_PATH ?? '', named]);
  const place = { file: join(folder, encodeURIComponent(service.name)), serviceDir: service.folder, key };
  // A plugin may read anything.
  const isKept = plugins.length === 0;
  const restored = isKept ? restoreBundles(place, outdir) : undefined;
  for (const path of restored ?? []) noteBundled(path);
  if (restored !== undefined) return [];
  const began = Date.now();
  const { metafile, warnings } = await build(options);
  const absolute = (paths: object = {}): readonly string[] =>
    // Files that a package leaves out on this platform are named so.
    Object.keys(paths).map((path) => resolve(service.folder, path.replace(/^\(disabled\):/, '')));
  const sources = sourcesOf(absolute(metafile?.inputs));
  for (const path of sources) noteBundled(path);
  // The warnings of a build are shown each time.
  if (isKept && warnings.length === 0) {
    saveBundles(place, { folder: outdir, sources, outputs: absolute(metafile?.outputs), began });
  }
  return warnings;
}
