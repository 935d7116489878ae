import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { watchFunctions } from './watch.ts';

/** A service of two functions, of which only `greet` imports `greeting.ts`. */
function writeService(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'greeting.ts'), `export const greeting: string = 'hello';`);
  writeFileSync(
    join(folder, 'src', 'greet.ts'),
    `import { greeting } from './greeting.ts'; export const handler = () => greeting;`,
  );
  writeFileSync(join(folder, 'src', 'leave.ts'), `export const handler = () => 'bye';`);
  return folder;
}

/** Watches such a service until it is disposed of. */
async function watched() {
  const folder = writeService();
  const waiting: { resolve: (code: string) => void; reject: (error: unknown) => void }[] = [];
  const updated: string[] = [];
  const mended = Promise.withResolvers<string>();
  const templates = Promise.withResolvers<readonly string[]>();
  const watcher = await watchFunctions({
    root: dirname(folder),
    functions: ['greet', 'leave'].map((name) => ({ functionName: name, handler: `src/${name}.handler`, folder })),
    folders: [folder],
    build: () => ({ platform: 'node', format: 'cjs', target: 'node24' }),
    updateCode: async (functionName, zip) => {
      updated.push(functionName);
      const code = unzipSync(zip)[`src/${functionName}.js`];
      waiting.shift()?.resolve(new TextDecoder().decode(code));
    },
    onUpdated: () => {},
    onMended: mended.resolve,
    onTemplates: templates.resolve,
    onError: (error) => waiting.shift()?.reject(error),
  });
  return {
    folder,
    updated,
    mended: mended.promise,
    templates: templates.promise,
    nextUpdate: () => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })),
    sourceOf: watcher.sourceOf,
    [Symbol.asyncDispose]: async () => {
      await watcher.close();
      rmSync(folder, { recursive: true });
    },
  };
}

test('a saved file rebuilds and swaps only the functions that it is part of', async () => {
  await using service = await watched();
  const { folder } = service;

  const update = service.nextUpdate();
  writeFileSync(join(folder, 'src', 'greeting.ts'), `export const greeting: string = 'good morning';`);
  expect(await update).toMatch(/good morning/);
  expect(service.updated).toStrictEqual(['greet']);
});

test('a place in a bundle is found in the source, as it was built last', async () => {
  await using service = await watched();
  const { folder } = service;

  const update = service.nextUpdate();
  writeFileSync(
    join(folder, 'src', 'greeting.ts'),
    `type Text = string;\n\nexport const greeting: Text = 'good morning';`,
  );
  const lines = (await update).split('\n');
  const line = lines.findIndex((text) => text.includes('good morning')) + 1;
  const place = { file: 'src/greet.js', line, column: (lines[line - 1] ?? '').indexOf('"good') + 1 };
  expect(service.sourceOf('greet', place)).toBe(`${basename(folder)}/src/greeting.ts:3:31`);
  expect(service.sourceOf('another', place)).toBeUndefined();
  expect(service.sourceOf('greet', { ...place, file: 'src/none.js' })).toBeUndefined();
  expect(service.sourceOf('greet', { ...place, line: 1, column: 1 })).toBeUndefined();
});

test('a file that an editor replaces is seen each time', async () => {
  await using service = await watched();
  const { folder } = service;

  for (const greeting of ['one', 'two', 'three']) {
    const update = service.nextUpdate();
    writeFileSync(join(folder, 'swap'), `export const greeting: string = '${greeting}';`);
    renameSync(join(folder, 'swap'), join(folder, 'src', 'greeting.ts'));
    expect(await update).toMatch(new RegExp(greeting));
  }
});

test('a broken file is reported, and mending it brings the function back', async () => {
  await using service = await watched();
  const { folder } = service;

  const broken = service.nextUpdate();
  writeFileSync(join(folder, 'src', 'leave.ts'), 'export const handler = (');
  await expect(broken).rejects.toMatchObject({
    message: `Build failed with 1 error:\n${basename(folder)}/src/leave.ts:1:24: ERROR: Unexpected end of file`,
  });

  const mended = service.nextUpdate();
  writeFileSync(join(folder, 'src', 'leave.ts'), `export const handler = () => 'so long';`);
  expect(await mended).toMatch(/so long/);
});

test('a mend that leads back to what is deployed is reported', async () => {
  await using service = await watched();
  const { folder } = service;
  const file = join(folder, 'src', 'leave.ts');
  const sound = readFileSync(file, 'utf8');

  const broken = service.nextUpdate();
  writeFileSync(file, 'export const handler = (');
  await expect(broken).rejects.toThrow();
  writeFileSync(file, sound);
  expect(await service.mended).toBe(basename(folder));
  expect(service.updated).toStrictEqual([]);
});

test('a saved part of a template is reported, and what a deploy writes is not', async () => {
  await using service = await watched();
  const { folder } = service;

  mkdirSync(join(folder, '.serverless'));
  writeFileSync(join(folder, '.serverless', 'state.yml'), '');
  writeFileSync(join(folder, 'table.yml'), '');
  expect(await service.templates).toStrictEqual([`${basename(folder)}/table.yml`]);
});

test('a service that cannot be built keeps no other from its new code', async () => {
  const [sound, broken] = [writeService(), writeService()];
  const updated = Promise.withResolvers<string>();
  const failed = Promise.withResolvers<unknown>();
  const watcher = await watchFunctions({
    root: tmpdir(),
    functions: [sound, broken].map((folder) => ({ functionName: folder, handler: 'src/leave.handler', folder })),
    folders: [join(sound, 'src'), join(broken, 'src')],
    build: () => ({ platform: 'node', format: 'cjs', target: 'node24' }),
    updateCode: async (functionName) => updated.resolve(functionName),
    onUpdated: () => {},
    onMended: () => {},
    onTemplates: () => {},
    onError: (error) => failed.resolve(error),
  });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    await watcher.close();
    for (const folder of [sound, broken]) rmSync(folder, { recursive: true });
  });

  writeFileSync(join(broken, 'src', 'leave.ts'), 'export const handler = (');
  writeFileSync(join(sound, 'src', 'leave.ts'), `export const handler = () => 'so long';`);
  expect(await updated.promise).toBe(sound);
  expect(String(await failed.promise)).toMatch(/Unexpected end of file/);
});

test('a fault in what services share is reported once', async () => {
  const root = mkdtempSync(join(tmpdir(), 'watch-'));
  const shared = join(root, 'shared.ts');
  const folders = ['one', 'two'].map((name) => join(root, name));
  writeFileSync(shared, 'export const shared = 1;');
  for (const folder of folders) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'greet.ts'), `export { shared as handler } from '../shared.ts';`);
  }
  const reported: string[] = [];
  const mended = Promise.withResolvers<void>();
  const watcher = await watchFunctions({
    root,
    functions: folders.map((folder) => ({ functionName: folder, handler: 'greet.handler', folder })),
    folders: [root],
    build: () => ({ platform: 'node', format: 'cjs', target: 'node24' }),
    updateCode: async () => {},
    onUpdated: () => {},
    onMended: () => mended.resolve(),
    onTemplates: () => {},
    onError: (error) => {
      reported.push(String(error));
      writeFileSync(shared, 'export const shared = 1;');
    },
  });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    await watcher.close();
    rmSync(root, { recursive: true });
  });

  writeFileSync(shared, 'export const shared = ;');
  await mended.promise;
  expect(reported).toStrictEqual(['Error: Build failed with 1 error:\nshared.ts:1:22: ERROR: Unexpected ";"']);
});

test('an unresolved import is reported once, also while other files are saved', async () => {
  await using service = await watched();
  const { folder } = service;
  const leave = join(folder, 'src', 'leave.ts');

  const broken = service.nextUpdate();
  writeFileSync(leave, `export { handler } from './nowhere.ts';`);
  await expect(broken).rejects.toThrow(/leave\.ts:1:24: ERROR: Could not resolve "\.\/nowhere\.ts"/);

  const next = service.nextUpdate();
  writeFileSync(join(folder, 'src', 'other.ts'), 'export const other = 1;');
  writeFileSync(leave, 'export const handler = (');
  await expect(next).rejects.toThrow(/Unexpected end of file/);
});
