import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { AwsError } from '../core/aws-error.ts';
import { CodeStore } from './code-store.ts';
import { zip } from './lambda.fixture.ts';

test('a package is extracted once and deleted when no function uses it', async () => {
  const store = new CodeStore(undefined);
  const one = zip({ 'src/a.js': '1' });
  const [first, again] = await Promise.all([store.add(one), store.add(one)]);
  const other = await store.add(zip({ 'b.js': '2' }));
  assert.deepEqual(first, again);
  assert.equal(readFileSync(join(store.taskRoot(first.codeSha256), 'src/a.js'), 'utf8'), '1');
  assert.deepEqual(await store.zip(first.codeSha256), one);
  store.removeUnused([other.codeSha256]);
  assert.equal(existsSync(store.taskRoot(first.codeSha256)), false);
  assert.equal(existsSync(store.taskRoot(other.codeSha256)), true);
  store.close();
  assert.equal(existsSync(dirname(dirname(store.entry))), false);
});

test('the folder of a process that was killed is removed by the next one', () => {
  const left = join(tmpdir(), 'local-lambda-999999999-left');
  mkdirSync(left, { recursive: true });
  const store = new CodeStore(undefined);
  assert.equal(existsSync(left), false);
  const mine = readdirSync(tmpdir()).filter((name) => name.startsWith(`local-lambda-${process.pid}-`));
  assert.equal(mine.length, 1);
  store.close();
});

const small = strToU8('1');

/** A zip that holds what fflate would not write. */
function patched(files: Record<string, Uint8Array>, change: (zip: Buffer) => void): Buffer {
  const archive = Buffer.from(zipSync(files, { level: 1 }));
  change(archive);
  return archive;
}

function replaceAll(archive: Buffer, from: string, to: string): void {
  for (let at = archive.indexOf(from); at >= 0; at = archive.indexOf(from, at + 1)) archive.write(to, at);
}

test('a package with an entry that cannot be a file of its own is refused by the name of the entry', async () => {
  const long = 'n'.repeat(300);
  const cases: readonly (readonly [Buffer, string])[] = [
    [patched({ 'aXb.js': small }, (zipped) => replaceAll(zipped, 'aXb.js', 'a\0b.js')), '"a\\u0000b.js"'],
    [patched({ [long]: small }, () => {}), 'a name that is too long: "nnn'],
    [patched({ 'lib/a.js': small, lib: small }, () => {}), '"lib"'],
    [patched({ '../a.js': small }, () => {}), 'a path that leaves it: "../a.js"'],
    [patched({ '/a.js': small }, () => {}), 'a path that leaves it: "/a.js"'],
    [
      patched({ 'a.js': small, 'b.js': small }, (zipped) => replaceAll(zipped, 'b.js', 'a.js')),
      'two files of one name: "a.js"',
    ],
    [Buffer.from(zipSync({ 'link.js': [small, { os: 3, attrs: 0o120777 << 16 }] })), 'a symbolic link: "link.js"'],
  ];
  const store = new CodeStore(undefined);
  for (const [archive, named] of cases) {
    await assert.rejects(store.add(archive), (error) => {
      assert(error instanceof AwsError && error.code === 'InvalidParameterValueException', String(error));
      assert(error.message.includes(named), `${error.message} does not name ${named}`);
      return true;
    });
  }
  store.close();
});

test('a package that lies about its size is inflated no further than the limit, off the event loop', async () => {
  const lying = patched({ 'big.bin': new Uint8Array(300_000_000) }, (zipped) => {
    zipped.writeUInt32LE(10, 22);
    zipped.writeUInt32LE(10, zipped.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
  });
  const store = new CodeStore(undefined);
  const before = process.threadCpuUsage();
  await assert.rejects(store.add(lying), { message: 'Unzipped size must be smaller than 262144000 bytes' });
  const { user, system } = process.threadCpuUsage(before);
  assert(user + system < 500_000, `the main thread worked for ${(user + system) / 1000} ms`);
  store.close();
});
