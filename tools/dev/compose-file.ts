import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import type { Params } from './params.ts';
import type { Service } from './project.ts';

type ComposeProject = {
  readonly services: readonly Service[];
  readonly params?: Params | undefined;
  /** Whether the project is for stage local, whose services deploy only what has changed. */
  readonly isLocal?: boolean;
};

/**
 * Writes a compose project of just these services into `workspace`. osls-compose has no `--param` itself, so each
 * service gets the given ones in its own, before which they go.
 */
export function writeComposeFile(
  root: string,
  workspace: string,
  { services, params = {}, isLocal = false }: ComposeProject,
): void {
  const fromWorkspace = (path: string): string => relative(workspace, path);
  const component = isLocal && {
    component: fromWorkspace(join(import.meta.dirname, '..', 'deploy', 'local-service.ts')),
  };
  const compose = {
    services: Object.fromEntries(
      services.map(({ name, path, params: own, settings }) => [
        name,
        { ...settings, ...component, path: fromWorkspace(join(root, path)), params: { ...own, ...params } },
      ]),
    ),
  };
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, 'serverless-compose.yml'), stringify(compose));
}
