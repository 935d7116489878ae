import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { unzipSync } from 'fflate';
import * as z from 'zod';

type Functions = Record<string, { handler?: string; image?: string; package?: { artifact?: string } }>;
type Plugin = { readonly hooks: Record<string, () => Promise<void>> };
const Bundle = z
  .custom<new (serverless: object, options: object) => Plugin>((value) => typeof value === 'function')
  .parse(createRequire(import.meta.url)('./bundle-plugin.cjs'));

/** A service with these functions, whose sources are one module, and what packages it. */
function serviceOf(t: TestContext, functions: Functions, esbuild: object = {}) {
  const serviceDir = mkdtempSync(join(tmpdir(), 'bundle-'));
  t.after(() => rmSync(serviceDir, { recursive: true }));
  mkdirSync(join(serviceDir, 'src'));
  writeFileSync(join(serviceDir, 'src', 'greet.ts'), `export const handler = (name: string) => 'hello ' + name;`);
  const service = {
    custom: { esbuild: { format: 'cjs', outExtension: { '.js': '.cjs' }, ...esbuild } },
    getAllFunctions: () => Object.keys(functions),
    getFunction: (name: string) => functions[name],
  };
  const { hooks } = new Bundle({ service, serviceDir, classes: { Error } }, {});
  return {
    pack: async () => hooks['before:package:createDeploymentArtifacts']?.(),
    packageOf: (name: string) => readFileSync(join(serviceDir, '.serverless', `${name}.zip`)),
  };
}

const filesIn = (zip: Uint8Array) => Object.keys(unzipSync(zip)).sort();

test('the same sources make the same package at any time and in any folder', async (t) => {
  const packages: Buffer[] = [];
  for (const now of [Date.UTC(2026, 0, 1), Date.UTC(2027, 5, 1)]) {
    const { pack, packageOf } = serviceOf(t, { greet: { handler: 'src/greet.handler' } });
    const clock = t.mock.method(Date, 'now', () => now);
    await pack();
    clock.mock.restore();
    packages.push(packageOf('greet'));
  }
  assert.deepEqual(packages[0], packages[1]);
  assert.deepEqual(filesIn(packages[0] ?? Buffer.of()), ['src/greet.cjs']);
});

test('functions of one module have a package each', async (t) => {
  const functions: Functions = { greet: { handler: 'src/greet.handler' }, again: { handler: 'src/greet.handler' } };
  const { pack, packageOf } = serviceOf(t, functions);
  await pack();
  assert.deepEqual(packageOf('again'), packageOf('greet'));
  assert.equal(functions.again?.package?.artifact, join('.serverless', 'again.zip'));
});

test('a source map that is asked for goes into the package', async (t) => {
  const { pack, packageOf } = serviceOf(t, { greet: { handler: 'src/greet.handler' } }, { sourcemap: true });
  await pack();
  assert.deepEqual(filesIn(packageOf('greet')), ['src/greet.cjs', 'src/greet.cjs.map']);
});

test('an image, and what somebody else has packaged, is left as it is', async (t) => {
  const functions: Functions = { image: { image: 'repository' }, packaged: { package: { artifact: 'mine.zip' } } };
  const { pack } = serviceOf(t, functions);
  await pack();
  assert.deepEqual(functions, { image: { image: 'repository' }, packaged: { package: { artifact: 'mine.zip' } } });
});
