import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { takeLock } from 'local-aws/process-lock';
import { until } from 'local-aws/testing';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { start } from '#test/support/npm-start.ts';
import { deployLock } from '#tools/dev/deploy.ts';

describe('npm start', () => {
  let project: FixtureProject;
  beforeAll(() => {
    project = copyRepository();
  });
  afterAll(() => project[Symbol.dispose]());

  it('stops with the npm that runs it', async () => {
    const npm = spawn('npm', ['start', '--', '--no-deploy', '--port', '0'], { cwd: project.folder, stdio: 'pipe' });
    using cleanup = new DisposableStack();
    cleanup.defer(() => npm.kill('SIGKILL'));
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    await until('the endpoint', () => /Ctrl-C stops everything/.test(output));
    const children = descendants(npm.pid ?? 0);
    expect(children.length).toBeGreaterThan(1);
    npm.kill('SIGTERM');
    await untilGone(children);
  });

  it('stops everything that it started on Ctrl-C', async () => {
    using started = start(project.folder, '--no-deploy');
    const url = await started.url();
    const children = descendants(started.pid);
    expect(children.length).toBeGreaterThan(0);
    expect(await started.interrupt()).toBe(0);
    await untilGone(children);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('stops everything on Ctrl-C in the middle of a deploy', async () => {
    using started = start(project.folder, '--services', 'platform');
    await started.prints(/deploying platform/);
    const children = descendants(started.pid);
    expect(children.length).toBeGreaterThan(1);
    expect(await started.interrupt()).toBe(0);
    expect(started.output()).not.toMatch(/ready in/);
    await untilGone(children);
  });

  const hasTerminals = process.platform === 'linux' && existsSync('/usr/bin/script');
  // Needs `script` of util-linux.
  (hasTerminals ? it : it.skip)('stops in the middle of a deploy on Ctrl-C in a terminal', async () => {
    const { CI: _, ...environment } = process.env;
    const command = 'stty cols 80; exec node tools/dev/launch.js --port 0 --services tasks';
    const script = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: project.folder,
      stdio: 'pipe',
      env: { ...environment, TERM: 'xterm' },
    });
    using cleanup = new DisposableStack();
    cleanup.defer(() => script.kill('SIGKILL'));
    const exited = once(script, 'exit');
    let output = '';
    script.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    await until('the deploy', () => /Deploying 0\/2: platform/.test(output));
    const children = descendants(script.pid ?? 0);
    script.stdin.write('\x03');
    expect(await exited).toStrictEqual([0, null]);
    await untilGone(children);
    expect(output).not.toMatch(/ready in/);
  });

  const waiting = new RegExp(`Another deploy of this clone is running \\(process ${process.pid}\\): waiting …`);

  it('stops on Ctrl-C while it waits for another deploy from the same clone', async () => {
    using _lock = takeLock(deployLock(project.folder));
    using started = start(project.folder, '--services', 'platform');
    await started.prints(waiting);
    expect(await started.interrupt()).toBe(0);
  });
});

/** The processes that `pid` started, and those that they did. */
function descendants(pid: number): readonly number[] {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const children = processes.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
  return children.flatMap((child) => [child, ...descendants(child)]);
}

async function untilGone(pids: readonly number[]): Promise<void> {
  await until(`the end of the processes ${pids}`, () => !pids.some(isRunning) || undefined, 10_000);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
