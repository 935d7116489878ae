// Loads a module of the plugins, which are TypeScript: Node 24 runs it as it is. Any Node can read this file.
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** @param {string} path relative to this folder */
export function requireTypeScript(path) {
  if (!process.features.typescript) {
    const message = `Node ${process.versions.node} is too old for the plugins in shared/serverless. Start the CLI with "npx sls": it uses Node 24 of node_modules.`;
    // Without a stack, which the CLI would show.
    throw Object.assign(new Error(message), { stack: undefined });
  }
  // Types are stripped once, not at each start of the CLI.
  module.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));
  return createRequire(import.meta.url)(path);
}
