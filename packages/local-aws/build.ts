/** Compiles the package for npm, as JavaScript: Node strips types only outside of node_modules. `npm run build -w local-aws` */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import * as z from 'zod';
import { pageBuild } from './src/console/page/bundle-page.ts';

const folder = import.meta.dirname;
const { values } = parseArgs({ options: { out: { type: 'string', default: join(folder, 'dist') } } });
const out = resolve(values.out);

const manifest = z
  .looseObject({ bin: z.record(z.string(), z.string()), exports: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));

rmSync(out, { recursive: true, force: true });
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', join(folder, 'tsconfig.build.json'), '--outDir', out], { stdio: 'inherit' });
for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE']) copyFileSync(join(folder, name), join(out, name));
cpSync(join(folder, 'docs'), join(out, 'docs'), { recursive: true });
copyFileSync(join(folder, 'src', 'console', 'openapi.yml'), join(out, 'src', 'console', 'openapi.yml'));
await build({ ...pageBuild(join(folder, 'console', 'main.tsx')), outdir: join(out, 'console', 'dist') });
for (const path of Object.values(manifest.bin)) chmodSync(join(out, path), 0o755);

// `private` keeps the sources from being published by mistake; the rest is for work on them.
const { private: _private, scripts: _scripts, devDependencies: _devDependencies, ...published } = manifest;
const exports = Object.fromEntries(Object.entries(manifest.exports).map(([name, path]) => [name, compiled(path)]));
writeFileSync(join(out, 'package.json'), `${JSON.stringify({ ...published, exports }, null, 2)}\n`);

/** `./src/x.ts` as conditions for its declarations and its code. */
function compiled(path: string): string | { readonly types: string; readonly default: string } {
  const code = path.replace(/\.ts$/, '.js');
  return code.endsWith('.js') ? { types: code.replace(/\.js$/, '.d.ts'), default: code } : code;
}
