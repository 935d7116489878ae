import { createRequire } from 'node:module';
import type { Bundler } from './framework.ts';
import { loadByParts } from './lazy-packages.ts';

const require = createRequire(import.meta.url);

/** Loads serverless-esbuild, which takes longer than all other plugins together. */
export function loadBundler(): new (...args: readonly object[]) => Bundler {
  loadByParts(createRequire(require.resolve('serverless-esbuild')), [
    'effect',
    '@effect/platform',
    '@effect/platform-node',
  ]);
  return require('serverless-esbuild');
}
