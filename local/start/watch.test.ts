import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
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

async function watched(folder: string) {
  const waiting: { resolve: (code: string) => void; reject: (error: unknown) => void }[] = [];
  const updated: string[] = [];
  const watcher = await watchFunctions({
    functions: ['greet', 'leave'].map((name) => ({ functionName: name, handler: `src/${name}.handler`, folder })),
    folders: [join(folder, 'src')],
    build: { platform: 'node', format: 'cjs', target: 'node24' },
    updateCode: async (functionName, zip) => {
      updated.push(functionName);
      const code = unzipSync(zip)[`src/${functionName}.js`];
      waiting.shift()?.resolve(new TextDecoder().decode(code));
    },
    onUpdated: () => {},
    onError: (error) => waiting.shift()?.reject(error),
  });
  return {
    updated,
    nextUpdate: () => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })),
    close: () => watcher.close(),
  };
}

test('a saved file rebuilds and swaps only the functions that it is part of', { timeout: 60_000 }, async (t) => {
  const folder = writeService();
  const service = await watched(folder);
  t.after(async () => {
    await service.close();
    rmSync(folder, { recursive: true });
  });

  const update = service.nextUpdate();
  writeFileSync(join(folder, 'src', 'greeting.ts'), `export const greeting: string = 'good morning';`);
  assert.match(await update, /good morning/);
  assert.deepEqual(service.updated, ['greet']);
});

test('a file that an editor replaces is seen each time', { timeout: 60_000 }, async (t) => {
  const folder = writeService();
  const service = await watched(folder);
  t.after(async () => {
    await service.close();
    rmSync(folder, { recursive: true });
  });

  for (const greeting of ['one', 'two', 'three']) {
    const update = service.nextUpdate();
    writeFileSync(join(folder, 'swap'), `export const greeting: string = '${greeting}';`);
    renameSync(join(folder, 'swap'), join(folder, 'src', 'greeting.ts'));
    assert.match(await update, new RegExp(greeting));
  }
});

test('a broken file is reported, and mending it brings the function back', { timeout: 60_000 }, async (t) => {
  const folder = writeService();
  const service = await watched(folder);
  t.after(async () => {
    await service.close();
    rmSync(folder, { recursive: true });
  });

  const broken = service.nextUpdate();
  writeFileSync(join(folder, 'src', 'leave.ts'), 'export const handler = (');
  await assert.rejects(broken, /Unexpected end of file/);

  const mended = service.nextUpdate();
  writeFileSync(join(folder, 'src', 'leave.ts'), `export const handler = () => 'so long';`);
  assert.match(await mended, /so long/);
});

test('a service that cannot be built keeps no other from its new code', { timeout: 60_000 }, async (t) => {
  const [sound, broken] = [writeService(), writeService()];
  const updated = Promise.withResolvers<string>();
  const failed = Promise.withResolvers<unknown>();
  const watcher = await watchFunctions({
    functions: [sound, broken].map((folder) => ({ functionName: folder, handler: 'src/leave.handler', folder })),
    folders: [join(sound, 'src'), join(broken, 'src')],
    build: { platform: 'node', format: 'cjs', target: 'node24' },
    updateCode: async (functionName) => updated.resolve(functionName),
    onUpdated: () => {},
    onError: (error) => failed.resolve(error),
  });
  t.after(async () => {
    await watcher.close();
    for (const folder of [sound, broken]) rmSync(folder, { recursive: true });
  });

  writeFileSync(join(broken, 'src', 'leave.ts'), 'export const handler = (');
  writeFileSync(join(sound, 'src', 'leave.ts'), `export const handler = () => 'so long';`);
  assert.equal(await updated.promise, sound);
  assert.match(String(await failed.promise), /Unexpected end of file/);
});
