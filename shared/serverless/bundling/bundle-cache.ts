import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import * as z from 'zod';

/** All that a build was made from, and what it made. Paths are relative to the service. */
const buildSchema = z.object({
  /** The options of the build. */
  key: z.string(),
  /** The hashes of files; of a file that was not there, none. */
  files: z.record(z.string(), z.string().optional()),
  /** The hashes of the names in folders: with a further file, the same import may lead elsewhere. */
  folders: z.record(z.string(), z.string().optional()),
  /** What esbuild has written, by the path in its output folder. */
  outputs: z.record(
    z.string(),
    z.custom<Uint8Array>((value) => ArrayBuffer.isView(value)),
  ),
});

type Build = z.infer<typeof buildSchema>;

type Place = {
  /** The file of the cache. */
  readonly file: string;
  readonly serviceDir: string;
  readonly key: string;
};

const packages = `${sep}node_modules${sep}`;

/**
 * Puts the bundles of the last build into `folder`, if the same would be built now.
 * @returns the absolute paths of the sources in them, or undefined
 */
export function restoreBundles({ file, serviceDir, key }: Place, folder: string): readonly string[] | undefined {
  const build = readBuild(file);
  if (build?.key !== key) return undefined;
  const isSame = (hashes: Build['files'], hash: (path: string) => string | undefined): boolean =>
    Object.entries(hashes).every(([path, before]) => hash(resolve(serviceDir, path)) === before);
  if (!isSame(build.folders, hashNames) || !isSame(build.files, hashFile)) return undefined;
  for (const [path, content] of Object.entries(build.outputs)) {
    const output = join(folder, path);
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, content);
  }
  return Object.keys(build.files).map((path) => resolve(serviceDir, path));
}

/** Keeps the bundles in `folder`, unless one of the sources was changed since `began`. All paths are absolute. */
export function saveBundles(
  { file, serviceDir, key }: Place,
  {
    folder,
    outputs,
    sources,
    began,
  }: Readonly<Record<'sources' | 'outputs', readonly string[]>> & { readonly folder: string; readonly began: number },
): void {
  const isChanged = (path: string): boolean =>
    (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= began || extendsAnother(path);
  if (sources.some(isChanged)) return;
  const own = sources.filter((path) => existsSync(path) && !path.includes(packages)).map(dirname);
  const hashes = (paths: readonly string[], hash: (path: string) => string | undefined) =>
    Object.fromEntries([...new Set(paths)].map((path) => [relative(serviceDir, path), hash(path)]));
  const build: Build = {
    key,
    files: hashes(sources, hashFile),
    folders: hashes(own, hashNames),
    outputs: Object.fromEntries(outputs.map((path) => [relative(folder, path), readFileSync(path)])),
  };
  mkdirSync(dirname(file), { recursive: true });
  // Another command may read it meanwhile.
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, serialize(build));
  renameSync(temporary, file);
}

/** The bundled files, and those above them by which esbuild resolves imports and compiles, whether they are there or not. */
export function sourcesOf(inputs: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  const addWithParents = (folder: string): void => {
    if (folders.has(folder)) return;
    folders.add(folder);
    if (dirname(folder) !== folder) addWithParents(dirname(folder));
  };
  for (const path of inputs) addWithParents(dirname(path));
  const settings = [...folders].flatMap((folder) =>
    folder.includes(packages)
      ? [join(folder, 'package.json')]
      : ['package.json', 'tsconfig.json', join('node_modules', '.package-lock.json')].map((name) => join(folder, name)),
  );
  return [...inputs, ...settings];
}

/** Options of the compiler that are in further files. */
function extendsAnother(path: string): boolean {
  return basename(path) === 'tsconfig.json' && existsSync(path) && /"extends"/.test(readFileSync(path, 'utf8'));
}

function readBuild(file: string): Build | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return buildSchema.parse(deserialize(readFileSync(file)));
  } catch {
    // Damaged, or of another version of this file: the functions are built.
    return undefined;
  }
}

function hashFile(path: string): string | undefined {
  return existsSync(path) ? hashOf(readFileSync(path)) : undefined;
}

function hashNames(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  // What the Serverless CLI makes there is no source.
  const names = readdirSync(folder).filter((name) => name !== '.serverless' && name !== '.esbuild');
  return hashOf(names.sort().join('/'));
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
