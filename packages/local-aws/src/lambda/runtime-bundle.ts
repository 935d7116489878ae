import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { siblingModule } from '../core/sibling-module.ts';

const require = createRequire(import.meta.url);
const sources = join(import.meta.dirname, 'runtime');

/**
 * The runtime as one CommonJS file: Node starts it in less time than modules that it has to resolve, or to strip of types.
 * The file is kept beside esbuild, because loading esbuild takes longer than all else that an endpoint does at its start.
 */
export function readRuntimeBundle(): Uint8Array {
  const manifest = require.resolve('esbuild/package.json');
  const folder = join(dirname(dirname(manifest)), '.cache', 'local-aws');
  const file = join(folder, `runtime-${fingerprint(manifest)}.cjs`);
  try {
    return readFileSync(file);
  } catch {
    const bundle = build();
    keep(folder, file, bundle);
    return bundle;
  }
}

/** Of everything that the bundle depends on. */
function fingerprint(manifest: string): string {
  const hash = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(manifest));
  for (const name of readdirSync(sources).sort()) hash.update(`\0${name}\0`).update(readFileSync(join(sources, name)));
  return hash.digest('hex').slice(0, 32);
}

function build(): Uint8Array {
  const esbuild: typeof import('esbuild') = require('esbuild');
  const { outputFiles } = esbuild.buildSync({
    entryPoints: [fileURLToPath(siblingModule(import.meta.url, 'runtime/main'))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    write: false,
  });
  return outputFiles[0]?.contents ?? Buffer.of();
}

function keep(folder: string, file: string, bundle: Uint8Array): void {
  const partial = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(partial, bundle);
    // Endpoints that start at the same time read whole files only.
    renameSync(partial, file);
  } catch {
    // The packages are read-only: the next start builds again.
  }
}
