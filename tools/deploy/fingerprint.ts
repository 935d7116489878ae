import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';

/** What the CLI writes into the folder of a service, and what lies there of packages. */
const generated = new Set(['.serverless', '.esbuild', 'node_modules']);

/** Folders and files of the project that may be part of any service. */
const sharedFolders = ['shared', 'openapi'];
const sharedFiles = ['package.json', 'package-lock.json', 'tsconfig.json', join('node_modules', '.package-lock.json')];

/** A file of the configuration, which variables are in. */
const configuration = /\.(?:ya?ml|json|cjs|mjs|js|ts)$/;
const packages = `${sep}node_modules${sep}`;
const environmentVariable = /\$\{env:(\w+)|process\.env(?:\.(\w+)|\[['"](\w+)['"]\])/g;

export type DeployedService = {
  readonly root: string;
  /** Absolute. */
  readonly folder: string;
  readonly stage: string;
  /** The parameters that the CLI gets. */
  readonly params: Readonly<Record<string, unknown>>;
};

/** What counts of a file: its content, and the environment variables and files that it names. */
type SourceFile = {
  readonly hash: string;
  readonly variables: readonly string[];
  /** As in `${file(../../settings.yml)}`, relative to the service. */
  readonly references: readonly string[];
};

/** Reads each file once, for checks that are made at the same moment. */
export class SourceFiles {
  readonly #read = new Map<string, SourceFile>();

  /** A file that is missing is as good as an empty one. */
  read(path: string): SourceFile {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const text = configuration.test(path) && !path.includes(packages) ? content.toString() : '';
    const file = {
      hash: createHash('sha256').update(content).digest('hex'),
      variables: variablesIn(text),
      references: [...text.matchAll(/\$\{file\(\s*([^)]+?)\s*\)/g)].map(([, reference = '']) => reference),
    };
    this.#read.set(path, file);
    return file;
  }
}

/**
 * A hash of all that a deploy of a service is made from: its folder, what services share, the lock files, which name the
 * versions of the tools, its parameters, and the environment variables that its files name.
 */
export function fingerprintOf(
  { root, folder, stage, params }: DeployedService,
  { files, environment }: { readonly files: SourceFiles; readonly environment: NodeJS.ProcessEnv },
): string {
  const folders = [folder, ...sharedFolders.map((name) => join(root, name))].filter((path) => existsSync(path));
  const paths = [...folders.flatMap(listFiles), ...sharedFiles.map((name) => join(root, name))];
  const own = new Set(paths);
  // A list that grows: files elsewhere may name further ones.
  for (const path of paths) {
    for (const reference of files.read(path).references) {
      const named = resolve(
        folder,
        reference.replace(/^~/, homedir()).replace(/\$\{(?:sls|opt):stage\b[^}]*\}/g, stage),
      );
      if (own.has(named)) continue;
      own.add(named);
      paths.push(named);
    }
  }
  const variables = new Set(paths.flatMap((path) => files.read(path).variables));
  const parts = [
    [stage, process.version],
    Object.entries(params).sort(),
    paths.map((path) => [relative(root, path), files.read(path).hash]),
    [...variables].sort().map((name) => [name, environment[name] ?? '']),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(environmentVariable)].map(([, ...names]) => names.find((name) => name !== undefined) ?? '');
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
