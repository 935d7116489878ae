import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { siblingModule } from '../core/sibling-module.ts';

let runtime: Uint8Array | undefined;

/**
 * Writes what every execution environment needs into `directory` and returns the runtime's entry file.
 * The runtime is one CommonJS file: Node starts it in less time than modules that it has to resolve, or to strip of types.
 */
export function writeRuntimeFiles(directory: string): string {
  runtime ??= bundleRuntime();
  const folder = join(directory, 'runtime');
  const entry = join(folder, 'main.cjs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(entry, runtime);
  // The boundary above the functions' code: no package.json further up decides how their modules are read.
  writeFileSync(join(directory, 'package.json'), '{}\n');
  linkSdk(directory);
  return entry;
}

function bundleRuntime(): Uint8Array {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(siblingModule(import.meta.url, 'runtime/main'))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    write: false,
  });
  return outputFiles[0]?.contents ?? Buffer.of();
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
