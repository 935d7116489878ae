import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { type BuildContext, type BuildOptions, context, type OutputFile } from 'esbuild';
import { unzipSync, zipSync } from 'fflate';
import type { SourceOf } from 'local-aws/command';

/** A deployed function and the folder of the service whose source it is built from. */
type WatchedFunction = {
  readonly functionName: string;
  /** As deployed: `src/handlers/create-task.handler`. */
  readonly handler: string;
  readonly folder: string;
  /** The package that it was deployed with; what is beside the bundle there stays. */
  readonly artifact?: string;
};

export type WatchOptions = {
  /** The folder from which messages name files. */
  readonly root: string;
  readonly functions: readonly WatchedFunction[];
  /** Folders whose files may be part of a bundle or a template. */
  readonly folders: readonly string[];
  /** The options that the deploy builds the functions of a folder with. */
  readonly build: (folder: string) => BuildOptions;
  /** Puts new code under a deployed function, as `sls deploy function` would. */
  readonly updateCode: (functionName: string, zip: Buffer) => Promise<void>;
  readonly onUpdated: (functionNames: readonly string[], milliseconds: number) => void;
  /** Told of a service that builds again after a failure, into what is deployed anyway. */
  readonly onMended: (service: string) => void;
  /** Told of saved files that take a deploy. */
  readonly onTemplates: (files: readonly string[]) => void;
  readonly onError: (error: unknown) => void;
};

export type Watcher = {
  /** Where a place in the bundle of a function comes from, as `services/tasks/src/domain/owner.ts:3:7`, when that is known. */
  readonly sourceOf: SourceOf;
  close(): Promise<void>;
};

/** The extensions of sources, in the order in which a deploy looks for the source of a handler. */
const extensions = ['.ts', '.tsx', '.js', '.jsx', '.mts', '.cts', '.mjs', '.cjs'];

function isPartOfTemplate(file: string): boolean {
  return /\.yml$|[\\/]shared[\\/]serverless[\\/]/.test(file) || (/\.cjs$/.test(file) && !/[\\/]src[\\/]/.test(file));
}

/** Editors write a file in several steps; this much silence means that they are done. */
const settleMilliseconds = 40;

/** Rebuilds the functions whose bundle a saved file changes, and swaps their code in place. */
export async function watchFunctions(options: WatchOptions): Promise<Watcher> {
  const folders = Map.groupBy(options.functions, ({ folder }) => folder);
  const bundles = await Promise.all([...folders.values()].map((targets) => openBundles(targets, options)));
  // What is deployed now; only what differs from it is swapped.
  await Promise.all(bundles.map((bundle) => bundle.rebuild()));

  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const saved = new Set<string>();
  const rebuild = async (savedAt: number): Promise<void> => {
    const { templates = [], code: files = [] } = Object.groupBy(saved, (file) =>
      isPartOfTemplate(file) ? 'templates' : 'code',
    );
    saved.clear();
    if (templates.length > 0) options.onTemplates(templates.map((file) => relative(options.root, file)));
    const concerned = bundles.filter((bundle) => files.some((file) => bundle.uses(file)));
    // A service that cannot be built keeps no other from its new code.
    const results = await Promise.allSettled(
      concerned.map(async (bundle) => {
        const wasBroken = bundle.isBroken();
        const changed = await bundle.rebuild();
        if (wasBroken && changed.length === 0) options.onMended(relative(options.root, bundle.folder));
        await Promise.all(changed.map(({ functionName, zip }) => options.updateCode(functionName, zip)));
        return changed.map(({ functionName }) => functionName);
      }),
    );
    const names = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (names.length > 0) options.onUpdated(names, Math.round(performance.now() - savedAt));
    // What services share breaks all of them alike.
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    for (const [reason] of Map.groupBy(reasons, String).values()) options.onError(reason);
  };

  const watcher = watchFiles([...options.folders], {
    ignoreInitial: true,
    ignored: (path, stats) =>
      stats?.isFile() === true
        ? !/\.([cm]?[jt]s|[jt]sx|json|yml)$/.test(path)
        : ['.serverless', 'node_modules'].includes(basename(path)),
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
    sourceOf: (functionName, place) => bundles.flatMap((bundle) => bundle.sourceOf(functionName, place) ?? [])[0],
    async close() {
      clearTimeout(timer);
      await watcher.close();
      await running;
      await Promise.all(bundles.map((bundle) => bundle.close()));
    },
  };
}

/** The bundles of one service, which share what esbuild remembers of their sources. */
type Bundles = {
  readonly folder: string;
  /** Whether the last build failed. */
  isBroken(): boolean;
  /** Whether `file` was part of the last build; of one that failed, any file may be. */
  uses(file: string): boolean;
  /** The functions whose code is not what it was. @throws Error that says what cannot be built */
  rebuild(): Promise<readonly { readonly functionName: string; readonly zip: Buffer }[]>;
  sourceOf: Watcher['sourceOf'];
  close(): Promise<void>;
};

async function openBundles(
  targets: readonly WatchedFunction[],
  { root, build }: Pick<WatchOptions, 'root' | 'build'>,
): Promise<Bundles> {
  const folder = targets[0]?.folder ?? '';
  const out = join(folder, '.out');
  const modules = targets.map((target) => ({ ...target, module: moduleOf(target) }));
  const builder: BuildContext<{ write: false; metafile: true }> = await context({
    ...build(folder),
    entryPoints: Object.fromEntries(modules.map((target) => [target.module, sourceOf(target)])),
    absWorkingDir: folder,
    outdir: out,
    bundle: true,
    // Maps that nothing in the bundle refers to: it stays what a deploy makes.
    sourcemap: 'external',
    sourcesContent: false,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const previous = new Map<string, string>();
  let built: ReadonlyMap<string, OutputFile> = new Map();
  let inputs: ReadonlySet<string> | undefined;
  return {
    folder,
    isBroken: () => inputs === undefined,
    uses: (file) => inputs?.has(file) ?? true,
    async rebuild() {
      inputs = undefined;
      const { outputFiles, metafile } = await builder.rebuild().catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(namedFrom(root, folder, message), { cause: error });
      });
      inputs = new Set(Object.keys(metafile.inputs).map((input) => join(folder, input)));
      built = new Map(outputFiles.map((output) => [relative(out, output.path).replaceAll('\\', '/'), output]));
      return modules.flatMap(({ functionName, module, artifact }) => {
        const [name, output] = [...built].find(([file]) => file.slice(0, -extname(file).length) === module) ?? [];
        if (name === undefined || output === undefined || output.hash === previous.get(functionName)) return [];
        previous.set(functionName, output.hash);
        const files = { ...readPackage(artifact), [name]: output.contents };
        return [{ functionName, zip: Buffer.from(zipSync(files, { level: 0 })) }];
      });
    },
    sourceOf(functionName, { file, line, column }) {
      const map = built.get(`${file}.map`);
      if (map === undefined || !targets.some((target) => target.functionName === functionName)) return undefined;
      const origin = new SourceMap(JSON.parse(map.text)).findOrigin(line, column);
      if (!('fileName' in origin)) return undefined;
      const source = relative(root, resolve(dirname(map.path), origin.fileName));
      return `${source}:${origin.lineNumber}:${origin.columnNumber}`;
    },
    close: () => builder.dispose(),
  };
}

/** A message of esbuild, which names files from `folder`, with their names from `root`. */
function namedFrom(root: string, folder: string, message: string): string {
  return message.replace(/^[^\s:][^:\n]*(?=:\d+:\d+: )/gm, (file) => relative(root, join(folder, file)));
}

function readPackage(artifact: string | undefined): Readonly<Record<string, Uint8Array>> {
  return artifact !== undefined && existsSync(artifact) ? unzipSync(readFileSync(artifact)) : {};
}

function moduleOf({ handler }: WatchedFunction): string {
  return handler.slice(0, handler.lastIndexOf('.'));
}

function sourceOf({ functionName, handler, folder, module }: WatchedFunction & { readonly module: string }): string {
  const source = extensions.map((extension) => join(folder, module + extension)).find(existsSync);
  if (source !== undefined) return source;
  throw new Error(`${functionName}: no source for handler ${handler} in ${basename(folder)}`);
}
