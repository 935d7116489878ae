import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { CodeStore } from './code-store.ts';
import { zip } from './lambda.fixture.ts';

test('a package is extracted once and goes when nobody uses it', async () => {
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
