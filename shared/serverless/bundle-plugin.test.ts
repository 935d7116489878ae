import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import * as z from 'zod';

type Functions = Record<string, { handler?: string; image?: string; package?: { artifact?: string } }>;
type Plugin = { readonly hooks: Record<string, () => Promise<void>> };
const Bundle = z
  .custom<new (serverless: object, options: object) => Plugin>((value) => typeof value === 'function')
  .parse(createRequire(import.meta.url)('./bundle-plugin.cjs'));

const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A service with these functions, whose sources are one module, and what packages it. */
function serviceOf(functions: Functions, esbuild: object = {}) {
  const serviceDir = mkdtempSync(join(folder, 'service-'));
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

test('the same sources make the same package at any time and in any folder', async () => {
  const packages: Buffer[] = [];
  for (const now of [Date.UTC(2026, 0, 1), Date.UTC(2027, 5, 1)]) {
    const { pack, packageOf } = serviceOf({ greet: { handler: 'src/greet.handler' } });
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    await pack();
    clock.mockRestore();
    packages.push(packageOf('greet'));
  }
  expect(packages[0]).toStrictEqual(packages[1]);
  expect(filesIn(packages[0] ?? Buffer.of())).toStrictEqual(['src/greet.cjs']);
});

test('functions of one module have a package each', async () => {
  const functions: Functions = { greet: { handler: 'src/greet.handler' }, again: { handler: 'src/greet.handler' } };
  const { pack, packageOf } = serviceOf(functions);
  await pack();
  expect(packageOf('again')).toStrictEqual(packageOf('greet'));
  expect(functions.again?.package?.artifact).toBe(join('.serverless', 'again.zip'));
});

test('a source map that is asked for goes into the package', async () => {
  const { pack, packageOf } = serviceOf({ greet: { handler: 'src/greet.handler' } }, { sourcemap: true });
  await pack();
  expect(filesIn(packageOf('greet'))).toStrictEqual(['src/greet.cjs', 'src/greet.cjs.map']);
});

test('an image, and what somebody else has packaged, is left as it is', async () => {
  const functions: Functions = { image: { image: 'repository' }, packaged: { package: { artifact: 'mine.zip' } } };
  const { pack } = serviceOf(functions);
  await pack();
  expect(functions).toStrictEqual({ image: { image: 'repository' }, packaged: { package: { artifact: 'mine.zip' } } });
});
