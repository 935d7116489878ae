import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Service } from '../framework.ts';

type EventFile = { readonly functionName: string; readonly path: string };

/**
 * The files in `events/` of a service, in the order of its functions: `list-tasks.json` and `list-tasks.empty.json` are
 * for the function whose handler is in `list-tasks.ts`.
 */
export function eventFiles(serviceDir: string, functions: Service['functions']): readonly EventFile[] {
  const folder = join(serviceDir, 'events');
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return Object.entries(functions).flatMap(([functionName, { handler = '' }]) => {
    const [name] = basename(handler).split('.');
    return files
      .filter((file) => file.split('.')[0] === name && file.endsWith('.json'))
      .map((file) => ({ functionName, path: join('events', file) }));
  });
}
