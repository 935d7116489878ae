import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The module `name` beside the module of `url`, for a thread, a process or a bundler. TypeScript rewrites the endings of
 * imports when it compiles, and leaves file names alone: sources run as `.ts` here and as `.js` once they are published.
 */
export function siblingModule(url: string, name: string): URL {
  const path = fileURLToPath(url);
  return new URL(`${name}${extname(path)}`, url);
}
