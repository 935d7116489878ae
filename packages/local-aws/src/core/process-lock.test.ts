import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { awaitLock, LockedError, takeLock } from './process-lock.ts';

function lockPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'new', 'lock');
}

/** A process that takes the lock and holds it until it is killed. */
async function holder(t: TestContext, path: string) {
  const code = `import { takeLock } from ${JSON.stringify(import.meta.resolve('./process-lock.ts'))};
    takeLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a lock is held by one at a time, and free once it is given back', (t) => {
  const path = lockPath(t);
  {
    using _held = takeLock(path);
    assert.throws(() => takeLock(path), LockedError);
  }
  takeLock(path)[Symbol.dispose]();
});

test('the lock of another process names it, and is taken over when that was killed', async (t) => {
  const path = lockPath(t);
  const child = await holder(t, path);
  assert.throws(() => takeLock(path), { name: 'LockedError', pid: child.pid });
  child.kill('SIGKILL');
  await once(child, 'exit');
  takeLock(path)[Symbol.dispose]();
});

test('the lock of a process whose id another one has by now is taken over', {
  skip: process.platform !== 'linux',
}, (t) => {
  const path = lockPath(t);
  takeLock(path)[Symbol.dispose]();
  symlinkSync(`${process.pid}-1`, path);
  using _held = takeLock(path);
  assert.notEqual(readlinkSync(path), `${process.pid}-1`);
});

test('a waiting process reports once which process it waits for, and gets the lock when it is free', async (t) => {
  const path = lockPath(t);
  const child = await holder(t, path);
  const told: number[] = [];
  const lock = await awaitLock(path, {
    onWait: (pid) => {
      told.push(pid);
      child.kill('SIGKILL');
    },
  });
  lock[Symbol.dispose]();
  assert.deepEqual(told, [child.pid]);
});

test('who waits can give up', async (t) => {
  const path = lockPath(t);
  using _held = takeLock(path);
  const stopping = new AbortController();
  const waiting = awaitLock(path, { onWait: () => stopping.abort(), signal: stopping.signal });
  await assert.rejects(waiting, { name: 'AbortError' });
});
