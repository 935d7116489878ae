import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Api, ServiceNames } from './service-names.ts';

const folder = join(import.meta.dirname, 'template');

/**
 * Renders the templates of a kind of API: `{{item}}` in paths and texts becomes the name of that token.
 * `<file>.template` is for both kinds, `<file>.rest.template` and `<file>.http.template` are for one.
 * @returns texts by path, relative to the project
 */
export function renderFiles(api: Api, names: ServiceNames): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.flatMap(({ parentPath, name }) => {
      const [, target, kind = api] = /^(.*?)(?:\.(rest|http))?\.template$/.exec(name) ?? [];
      if (target === undefined || kind !== api) return [];
      const path = join(relative(folder, parentPath), target);
      return [[fill(path, names), fill(readFileSync(join(parentPath, name), 'utf8'), names)] as const];
    }),
  );
}

function fill(text: string, names: ServiceNames): string {
  return text.replaceAll(/\{\{([A-Za-z-]+)\}\}/g, (token, name: string) => {
    const value = names[name];
    if (value === undefined) throw new Error(`The templates have an unknown token ${token}.`);
    return value;
  });
}
