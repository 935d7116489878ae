import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { until } from '../testing/until.ts';

const onPosix = { skip: process.platform === 'win32' ? 'libuv does it there' : false };

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Starts process groups that ignore signals and have children, as `start(file)`, which then holds two process ids. */
const prelude = `
  import { spawn } from 'node:child_process';
  import { readFileSync } from 'node:fs';
  const { ProcessGuard } = await import(${JSON.stringify(new URL('./process-guard.ts', import.meta.url).href)});
  const guard = new ProcessGuard();
  const script = 'trap "" HUP TERM INT; echo $$ >> "$0"; sleep 1000 & echo $! >> "$0"; while :; do :; done';
  const start = async (file) => {
    const { pid } = spawn('/bin/sh', ['-c', script, file], { detached: true, stdio: 'ignore' });
    guard.add(pid);
    while (readFileSync(file, 'utf8').split('\\n').length < 3) await new Promise((r) => setTimeout(r, 5));
    return pid;
  };`;

/** Runs a program until it ends. @returns the ids of the processes of each of its groups */
async function run(t: TestContext, code: string): Promise<number[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  const files = ['one', 'two'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, '');
  const groups = (): number[][] =>
    files.map((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number));
  t.after(() => {
    for (const pid of groups().flat()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const args = ['--input-type=module', '-e', `${prelude}\nconst [, one, two] = process.argv;${code}`, ...files];
  await once(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  return groups();
}

for (const [ending, code] of [
  ['is killed', `process.kill(process.pid, 'SIGKILL')`],
  ['ends by itself', 'process.exit()'],
] as const) {
  test(`when the endpoint ${ending}, the process groups of its functions end`, onPosix, async (t) => {
    const groups = await run(t, `await start(one); await start(two); ${code}`);
    assert.deepEqual(
      groups.map(({ length }) => length),
      [2, 2],
    );
    await until('all are gone', () => !groups.flat().some(isAlive));
  });
}

test('a group that ended before is not killed, because another process may have its id now', onPosix, async (t) => {
  const [removed = [], kept = []] = await run(
    t,
    `const group = await start(one); await start(two); guard.remove(group); process.kill(process.pid, 'SIGKILL')`,
  );
  await until('the other one is gone', () => kept.length === 2 && !kept.some(isAlive));
  assert.deepEqual(removed.map(isAlive), [true, true]);
});
