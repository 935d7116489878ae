import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { type BuildContext, type BuildOptions, context } from 'esbuild';
import { zipSync } from 'fflate';

/** A deployed function and the folder of the service whose source it is built from. */
export type WatchedFunction = {
  readonly functionName: string;
  /** As deployed: `src/handlers/create-task.handler`. */
  readonly handler: string;
  readonly folder: string;
};

export type WatchOptions = {
  readonly functions: readonly WatchedFunction[];
  /** Folders whose files may be part of a bundle. */
  readonly folders: readonly string[];
  /** The options that the deploy builds with. */
  readonly build: BuildOptions;
  /** Puts new code under a deployed function, as `sls deploy function` would. */
  readonly updateCode: (functionName: string, zip: Buffer) => Promise<void>;
  readonly onUpdated: (functionNames: readonly string[], milliseconds: number) => void;
  readonly onError: (error: unknown) => void;
};

export type Watcher = { close(): Promise<void> };

/** Editors write a file in several steps; this much silence means that they are done. */
const settleMilliseconds = 40;

/** Rebuilds the functions whose bundle a saved file changes, and swaps their code in place. */
export async function watchFunctions(options: WatchOptions): Promise<Watcher> {
  const bundles = await Promise.all(options.functions.map((target) => openBundle(target, options.build)));
  // What is deployed now; only what differs from it is swapped.
  await Promise.all(bundles.map((bundle) => bundle.rebuild()));

  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const saved = new Set<string>();
  const rebuild = async (savedAt: number): Promise<void> => {
    const files = [...saved];
    saved.clear();
    const changed = await Promise.all(
      bundles.map(async (bundle) => {
        if (!files.some((file) => bundle.uses(file))) return undefined;
        const zip = await bundle.rebuild();
        if (zip === undefined) return undefined;
        await options.updateCode(bundle.functionName, zip);
        return bundle.functionName;
      }),
    );
    const names = changed.filter((name) => name !== undefined);
    if (names.length > 0) options.onUpdated(names, Math.round(performance.now() - savedAt));
  };

  const watcher = watchFiles([...options.folders], {
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !/\.(ts|js|json)$/.test(path),
  });
  watcher.on('all', (_event, file) => {
    const savedAt = performance.now();
    saved.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(() => rebuild(savedAt)).catch(options.onError);
    }, settleMilliseconds);
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));

  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
      await running;
      await Promise.all(bundles.map((bundle) => bundle.close()));
    },
  };
}

type Bundle = {
  readonly functionName: string;
  /** Whether `file` was part of the last build, or the last build failed, so that any file may mend it. */
  uses(file: string): boolean;
  /** The zip of the function, or undefined when its code is what it was. @throws esbuild's build failure */
  rebuild(): Promise<Buffer | undefined>;
  close(): Promise<void>;
};

async function openBundle({ functionName, handler, folder }: WatchedFunction, build: BuildOptions): Promise<Bundle> {
  const module = handler.slice(0, handler.lastIndexOf('.'));
  const entry = ['.ts', '.js', '.mjs'].map((extension) => join(folder, module + extension)).find(existsSync);
  if (entry === undefined) throw new Error(`${functionName}: no source for handler ${handler} in ${basename(folder)}`);
  const builder: BuildContext<{ write: false; metafile: true }> = await context({
    ...build,
    entryPoints: { [module]: entry },
    absWorkingDir: folder,
    outdir: join(folder, '.out'),
    bundle: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  let previous = '';
  let inputs: ReadonlySet<string> | undefined;
  return {
    functionName,
    uses: (file) => inputs?.has(file) ?? true,
    async rebuild() {
      inputs = undefined;
      const { outputFiles, metafile } = await builder.rebuild();
      inputs = new Set(Object.keys(metafile.inputs).map((input) => join(folder, input)));
      const hash = outputFiles.map(({ hash }) => hash).join();
      if (hash === previous) return undefined;
      previous = hash;
      const files = Object.fromEntries(
        outputFiles.map(({ path, contents }) => [relative(join(folder, '.out'), path).replaceAll('\\', '/'), contents]),
      );
      return Buffer.from(zipSync(files, { level: 0 }));
    },
    close: () => builder.dispose(),
  };
}
