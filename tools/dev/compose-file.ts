import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import type { Params } from './params.ts';
import type { Service } from './project.ts';

/**
 * Writes a compose project of just these services into `workspace`. osls-compose has no `--param` itself, so each
 * service gets the given ones in its own, before which they go.
 */
export function writeComposeFile(
  root: string,
  workspace: string,
  { services, params = {} }: { readonly services: readonly Service[]; readonly params?: Params | undefined },
): void {
  const compose = {
    services: Object.fromEntries(
      services.map(({ name, path, params: own, settings }) => [
        name,
        { ...settings, path: relative(workspace, join(root, path)), params: { ...own, ...params } },
      ]),
    ),
  };
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, 'serverless-compose.yml'), stringify(compose));
}
