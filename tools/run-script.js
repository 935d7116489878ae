// Starts a script of tools/ from a file that any Node can read: `node tools/run-script.js cli/compose.ts deploy`.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** @param {string} path of the script, relative to this folder */
export async function runScript(path) {
  try {
    if (!process.features.typescript) throw Object.assign(new Error(), { code: 'ERR_UNKNOWN_FILE_EXTENSION' });
    module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)));
    await import(new URL(path, import.meta.url).href);
  } catch (error) {
    if (!isOfInstallation(error)) throw error;
    process.stderr.write('Run npm ci first: it brings the packages of this project, and the Node 24 that runs it.\n');
    process.exitCode = 1;
  }
}

function isOfInstallation({ code, message }) {
  return (
    code === 'ERR_UNKNOWN_FILE_EXTENSION' || (code === 'ERR_MODULE_NOT_FOUND' && /Cannot find package/.test(message))
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , path = '', ...args] = process.argv;
  process.argv.splice(1, Infinity, fileURLToPath(new URL(path, import.meta.url)), ...args);
  await runScript(path);
}
