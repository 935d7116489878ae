import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readRuntimeBundle } from './runtime-bundle.ts';

/** Writes what every execution environment needs into `directory` and returns the runtime's entry file. */
export function writeRuntimeFiles(directory: string): string {
  const folder = join(directory, 'runtime');
  const entry = join(folder, 'main.cjs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(entry, readRuntimeBundle());
  // The boundary above the functions' code: no package.json further up decides how their modules are read.
  writeFileSync(join(directory, 'package.json'), '{}\n');
  linkSdk(directory);
  return entry;
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
