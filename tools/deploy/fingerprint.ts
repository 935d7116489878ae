import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { readServiceFile } from './service-file.ts';
import type { SourceFile, SourceFiles } from './source-files.ts';

/** What the CLI writes into the folder of a service, and what lies there of packages. */
const generated = new Set(['.serverless', '.esbuild', 'node_modules']);

/** Folders and files of the project that may be part of any service. */
const sharedFolders = ['shared', 'openapi'];
const sharedFiles = ['package.json', 'package-lock.json', join('node_modules', '.package-lock.json')];

const script = /\.(?:[cm]?js|ts)$/;

export type SourcesOfService = {
  readonly root: string;
  /** Absolute. */
  readonly folder: string;
  readonly stage: string;
  /** The parameters that the CLI gets. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The other options that the CLI gets. */
  readonly options: { readonly config?: string | undefined; readonly region?: string | undefined };
};

/**
 * A hash of all that a deploy of a service is made from: its folder, what services share, the lock files, which name the
 * versions of the tools, its parameters, and the environment variables that its files name.
 * @returns undefined if the deploy may depend on more than that, such as on what a script or an unknown plugin reads
 */
export function fingerprintOf(
  service: SourcesOfService,
  { files, environment }: { readonly files: SourceFiles; readonly environment: NodeJS.ProcessEnv },
): string | undefined {
  const { root, folder, stage, params, options } = service;
  if (readServiceFile(root, folder, options.config)?.hasKnownPlugins !== true) return undefined;
  const sources = listSources(service, files);
  if (!sources.every(({ isComplete }) => isComplete)) return undefined;
  const variables = new Set(sources.flatMap((source) => source.variables));
  const parts = [
    [stage, process.version, options.config ?? '', options.region ?? ''],
    Object.entries(params).sort(),
    sources.map(({ path, hash }) => [relative(root, path), hash]),
    [...variables].sort().map((name) => [name, environment[name] ?? '']),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

type Source = SourceFile & { readonly path: string };

/** The files of a service and of all services, and those that they name, wherever they are. */
function listSources(service: SourcesOfService, files: SourceFiles): readonly Source[] {
  const { root, folder } = service;
  const folders = [folder, ...sharedFolders.map((name) => join(root, name))].filter((path) => existsSync(path));
  const rootFiles = [...sharedFiles, ...compilerOptions(root)].map((name) => join(root, name));
  const sources = new Map<string, Source>();
  const scripts = new Set<string>();
  const add = (path: string, file: SourceFile): void => {
    sources.set(path, { ...file, path });
    for (const reference of file.references) {
      const named = resolveReference(reference, service);
      if (named.includes('${')) sources.set(named, { ...file, path: named, isComplete: false });
      else if (!script.test(named)) addOnce(named);
      else if (!scripts.has(named)) addScript(named);
    }
  };
  const addOnce = (path: string): void => {
    if (!sources.has(path)) add(path, files.read(path));
  };
  const addScript = (path: string): void => {
    scripts.add(path);
    add(path, files.readScript(path));
  };
  for (const path of [...folders.flatMap(listFiles), ...rootFiles]) addOnce(path);
  return [...sources.values()];
}

/** The path, with those variables in it that only the CLI can resolve. */
function resolveReference(reference: string, { folder, stage, params }: SourcesOfService): string {
  const path = reference
    .replace(/^~/, homedir())
    .replace(/\$\{(?:sls|opt):stage\b[^}]*\}/g, stage)
    .replace(/\$\{param:(\w+)\}/g, (variable, name: string) => (name in params ? String(params[name]) : variable));
  return resolve(folder, path);
}

/** The files of the compiler's options, which may extend one another. */
function compilerOptions(root: string): readonly string[] {
  return readdirSync(root)
    .filter((name) => /^tsconfig.*\.json$/.test(name))
    .sort();
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !generated.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      // Links may lead to folders, and nowhere.
      return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? listFiles(path) : [path];
    })
    .sort();
}
