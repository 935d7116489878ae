import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Plugin } from 'esbuild';
import { buildTogether } from './build-together.ts';
import type { Bundler } from './framework.ts';

let folder: string;
let outputs: string;
let built: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  outputs = join(folder, 'out');
  built = 0;
  write(
    'src/a.ts',
    "import { shared } from './shared.ts'; import { value } from 'greeter'; export const a = shared + value;",
  );
  write('src/b.ts', "import { shared } from './shared.ts'; export const b = shared;");
  write('src/shared.ts', 'export const shared = 1;');
  write('node_modules/greeter/package.json', '{ "main": "one.js" }');
  write('node_modules/greeter/one.js', 'exports.value = "one";');
  write('node_modules/greeter/two.js', 'exports.value = "two";');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Sources were written some time before they are built. */
function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const past = Date.now() / 1000 - 60;
  utimesSync(file, past, past);
}

async function build(options: object = {}, plugins: readonly Plugin[] = []): Promise<readonly string[]> {
  rmSync(outputs, { recursive: true, force: true });
  const bundler: Bundler = {
    hooks: {},
    buildOptions: { bundle: true, outputFileExtension: '.cjs', format: 'cjs', logLevel: 'silent', ...options },
    plugins,
    buildCache: {},
    functionEntries: [{ entry: 'src/a.ts' }, { entry: 'src/b.ts' }, { entry: 'src/a.ts' }],
    workDirPath: folder,
    buildDirPath: outputs,
    bundle: async () => {},
    pack: async () => {},
  };
  await buildTogether(bundler, { name: 'tasks', folder }, join(folder, 'cache'));
  expect(Object.keys(bundler.buildCache)).toStrictEqual(['src/a.ts', 'src/b.ts']);
  return ['src/a.cjs', 'src/b.cjs'].map((path) => readFileSync(join(outputs, path), 'utf8'));
}

/** Makes what is kept of a build unlike what esbuild would build. */
function markKept(): void {
  const file = join(folder, 'cache', 'tasks');
  writeFileSync(file, readFileSync(file, 'latin1').replaceAll('var shared = 1', 'var shared = 7'), 'latin1');
}

test('the bundles of the last build are taken as long as nothing has changed', async () => {
  const first = await build();
  markKept();
  expect(await build()).toStrictEqual(first.map((text) => text.replace('shared = 1', 'shared = 7')));
});

test.each([
  ['a source', () => write('src/shared.ts', 'export const shared = 2;'), 'shared = 2'],
  ['a file of a package', () => write('node_modules/greeter/one.js', 'exports.value = "uno";'), 'uno'],
  ['what a package exports', () => write('node_modules/greeter/package.json', '{ "main": "two.js" }'), '"two"'],
  [
    'the options of the compiler',
    () => write('tsconfig.json', '{ "compilerOptions": { "paths": { "greeter": ["./src/own.ts"] } } }'),
    'own',
  ],
])('the functions are built again after a change of %s', async (_name, change, expected) => {
  write('src/own.ts', 'export const value = "own";');
  await build();
  markKept();
  change();
  const [text = ''] = await build();
  expect(text).toContain(expected);
  expect(text).not.toContain('shared = 7');
});

test('the functions are built again when a new file takes the place of another in an import', async () => {
  write('src/b.ts', "import { shared } from './shared'; export const b = shared;");
  await build();
  write('src/shared.tsx', 'export const shared = 3;');
  expect((await build())[1]).toContain('shared = 3');
});

test('the functions are built again with other options', async () => {
  const [before = ''] = await build();
  const [after = ''] = await build({ minify: true });
  expect(after.length).toBeLessThan(before.length);
});

test('a build with a plugin of esbuild, or with a source that changes meanwhile, is made each time', async () => {
  const plugin: Plugin = {
    name: 'counter',
    setup() {
      built += 1;
    },
  };
  await build({}, [plugin]);
  await build({}, [plugin]);
  expect(built).toBe(2);
  const future = Date.now() / 1000 + 60;
  utimesSync(join(folder, 'src', 'shared.ts'), future, future);
  await build();
  expect(() => readFileSync(join(folder, 'cache', 'tasks'))).toThrow('ENOENT');
});

test('damaged bundles are built again', async () => {
  const first = await build();
  writeFileSync(join(folder, 'cache', 'tasks'), 'damaged');
  expect(await build()).toStrictEqual(first);
});
