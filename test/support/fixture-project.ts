import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';

export const root = join(import.meta.dirname, '..', '..');

/** A Serverless project of `test/fixtures/` in a folder of its own, to deploy and to change. */
export type FixtureProject = Disposable & {
  readonly folder: string;
  /** Replaces `from` in a file. */
  edit(file: string, from: string, to: string): void;
  /** Merges into the sections of `serverless.yml`, and gives what takes it back. */
  extend(sections: Readonly<Record<string, object>>): () => void;
};

const document = z.record(z.string(), z.unknown());

/** Copies a fixture to where the plugins that this repository has installed are found. */
export function copyFixture(name: string): FixtureProject {
  const folder = makeFolder(name);
  cpSync(join(root, 'test', 'fixtures', name), folder, { recursive: true });
  return project(folder);
}

/**
 * Copies what `npm start` needs of this repository, so that a deploy from the copy and one from here do not meet.
 * Packages, `local-aws` too, come through node_modules.
 *
 * @param more files and folders besides these
 */
export function copyRepository(...more: readonly string[]): FixtureProject {
  const folder = makeFolder('repository');
  const filter = (path: string): boolean => basename(path) !== '.serverless';
  const needed = ['tools', 'services', 'shared', 'openapi', 'package.json', 'serverless-compose.yml'];
  for (const name of [...needed, ...more]) {
    cpSync(join(root, name), join(folder, name), { recursive: true, filter });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return project(folder);
}

function makeFolder(name: string): string {
  const parent = join(root, '.local', 'test');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `${name}-`));
}

function project(folder: string): FixtureProject {
  return {
    folder,
    edit(file, from, to) {
      const path = join(folder, file);
      writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
    },
    extend(sections) {
      const path = join(folder, 'serverless.yml');
      const before = readFileSync(path, 'utf8');
      writeFileSync(path, stringify(merge(parse(before), sections)));
      return () => writeFileSync(path, before);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function merge(base: unknown, added: unknown): unknown {
  const [into, from] = [document.safeParse(base), document.safeParse(added)];
  if (!into.success || !from.success) return added;
  const merged = Object.entries(from.data).map(([key, value]) => [key, merge(into.data[key], value)]);
  return { ...into.data, ...Object.fromEntries(merged) };
}
