import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { BuildOptions, Metafile } from 'esbuild';

type PageFile = { readonly contentType: string; readonly content: Buffer };

/** The files of the page by name, such as `main.js`. */
export type PageFiles = { find(name: string): Promise<PageFile | undefined> };

/** The folder of the page, beside `src`. A published package has it bundled. */
const folder = join(import.meta.dirname, '..', '..', '..', 'console');

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The page as it was bundled for the package; otherwise its sources are bundled at the first request. */
export function pageFiles(): PageFiles {
  const built = join(folder, 'dist');
  return existsSync(join(built, 'main.js')) ? filesIn(built) : new BundledPage(join(folder, 'main.tsx'));
}

function filesIn(directory: string): PageFiles {
  return {
    find: async (name) => {
      const path = join(directory, name);
      if (!/^[\w.-]+$/.test(name) || !existsSync(path)) return undefined;
      return { contentType: contentTypeOf(name), content: readFileSync(path) };
    },
  };
}

type Build = {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly inputs: readonly string[];
  readonly builtAt: number;
};

class BundledPage implements PageFiles {
  readonly #entry: string;
  #build: Promise<Build> | undefined;

  constructor(entry: string) {
    this.#entry = entry;
  }

  async find(name: string): Promise<PageFile | undefined> {
    if (!existsSync(this.#entry)) return undefined;
    const content = (await this.#current(name)).files.get(name);
    return content && { contentType: contentTypeOf(name), content };
  }

  /** Sources that changed are bundled again when the page is loaded anew, which begins with its script. */
  async #current(name: string): Promise<Build> {
    const known = await this.#build?.catch(() => undefined);
    if (known !== undefined && (name !== 'main.js' || !isStale(known))) return known;
    this.#build = bundle(this.#entry);
    return this.#build;
  }
}

function isStale({ inputs, builtAt }: Build): boolean {
  return inputs.some((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? builtAt + 1) > builtAt);
}

async function bundle(entry: string): Promise<Build> {
  // Loading it takes time that only who opens the page should spend.
  const { build } = await import('esbuild');
  const builtAt = Date.now();
  const { outputFiles, metafile } = await build({
    ...pageBuild(entry),
    write: false,
    outdir: '/',
    logLevel: 'silent',
  });
  const files = new Map(
    outputFiles.map(({ path, contents }) => [path.split(/[/\\]/).at(-1) ?? path, Buffer.from(contents)]),
  );
  return { files, inputs: inputsOf(metafile), builtAt };
}

/** The esbuild options of the page, here and in the build of the package. */
export function pageBuild(entry: string): BuildOptions & { readonly metafile: true } {
  return {
    entryPoints: [entry],
    absWorkingDir: folder,
    entryNames: 'main',
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    metafile: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'file', '.png': 'file', '.woff2': 'file' },
    publicPath: '/_local/console',
  };
}

function inputsOf({ inputs }: Metafile): string[] {
  return Object.keys(inputs)
    .filter((path) => !path.includes('node_modules'))
    .map((path) => join(folder, path));
}

function contentTypeOf(name: string): string {
  return contentTypes[extname(name)] ?? 'application/octet-stream';
}
