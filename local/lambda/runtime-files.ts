import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Writes what every execution environment needs into `directory` and returns the runtime's entry file.
 * The runtime goes there without its types: a process that strips them itself starts slower and weighs more.
 */
export function writeRuntimeFiles(directory: string): string {
  const source = join(dirname(fileURLToPath(import.meta.url)), 'runtime');
  const target = join(directory, 'runtime');
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(source)) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const code = stripTypes(readFileSync(join(source, file), 'utf8'));
    writeFileSync(join(target, file.replace(/\.ts$/, '.mjs')), code.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.mjs'"));
  }
  // The boundary above the functions' code: no package.json further up decides how their modules are read.
  writeFileSync(join(directory, 'package.json'), '{}\n');
  linkSdk(directory);
  return join(target, 'main.mjs');
}

/** Node does this for every module it loads, yet warns when it is asked to. */
function stripTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The managed runtime brings the AWS SDK; functions that do not bundle it find the packages of this project. */
function linkSdk(directory: string): void {
  const scope = dirname(dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-lambda/package.json')));
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  try {
    symlinkSync(scope, join(directory, 'node_modules', '@aws-sdk'), 'junction');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
