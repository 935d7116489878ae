import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as z from 'zod';
import { deployLock } from '#local/start/deploy.ts';
import { takeLock } from '#local/start/process-lock.ts';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { json, serviceClient } from '#test/support/service-client.ts';
import { until } from '#test/support/until.ts';

describe('npm start', () => {
  let project: FixtureProject;
  before(() => {
    project = copyRepository();
  });
  after(() => project[Symbol.dispose]());

  const launch = (...args: string[]): Promise<Finished> =>
    runCommand(process.execPath, ['local/launch.js', ...args], { cwd: project.folder, env: process.env });

  it('explains its options', async () => {
    const { exitCode, output } = await launch('--help');
    assert.equal(exitCode, 0);
    for (const option of ['--port', '--services', '--param', '--persist', '--no-deploy', '--watch', '--help']) {
      assert.match(output, new RegExp(`^ +${option} `, 'm'));
    }
  });

  it('says what is wrong with its options', async () => {
    for (const [args, said] of [
      [['--port', 'http'], /--port must be a number/],
      [['--colour'], /--colour/],
      [['--param', 'auth'], /--param takes name=value/],
      [['--no-deploy', '--services', 'tasks'], /--services: only for a start that deploys/],
    ] as const) {
      const { exitCode, output } = await launch(...args);
      assert.equal(exitCode, 2);
      assert.match(output, said);
      assert.doesNotMatch(output, /\n +at /);
    }
  });

  it('names the services that there are when asked for another', async () => {
    const { exitCode, output } = await launch('--services', 'tasks,task');
    assert.equal(exitCode, 1);
    assert.match(output, /no service "task".*tasks, /);
  });

  it('says what to do about a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { exitCode, output } = await launch('--no-deploy', '--port', String(port));
    other.close();
    assert.equal(exitCode, 1);
    assert.match(output, new RegExp(`Port ${port} is in use.*choose another`, 's'));
    assert.doesNotMatch(output, /\n +at /);
  });

  it('says that the packages are missing', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'clone-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const name of ['local', 'package.json']) {
      cpSync(join(project.folder, name), join(folder, name), { recursive: true });
    }
    const { exitCode, output } = await runCommand(process.execPath, ['local/launch.js'], {
      cwd: folder,
      env: process.env,
    });
    assert.equal(exitCode, 1);
    assert.match(output, /Run `npm ci` first/);
    assert.doesNotMatch(output, /\n +at /);
  });

  it('keeps a folder to itself with --persist, until it ends', async () => {
    const folder = join(project.folder, 'kept');
    const options = ['--no-deploy', '--persist', folder];
    using started = start(project.folder, ...options);
    await started.url();
    const { exitCode, output } = await launch('--port', '0', ...options);
    assert.equal(exitCode, 1);
    assert.equal(output, `${folder} is in use by the endpoint of process ${started.pid}.\n`);
    assert.equal(await started.interrupt(), 0);

    using again = start(project.folder, ...options);
    await again.url();
    assert.equal(await again.interrupt(), 0);
  });

  it('keeps nothing in what is no folder', async () => {
    const { exitCode, output } = await launch('--no-deploy', '--port', '0', '--persist', 'package.json');
    assert.equal(exitCode, 1);
    assert.equal(output, `${join(project.folder, 'package.json')} is not a folder.\n`);
  });

  it('stops with the npm that runs it', async (t) => {
    const npm = spawn('npm', ['start', '--', '--no-deploy', '--port', '0'], { cwd: project.folder, stdio: 'pipe' });
    t.after(() => npm.kill('SIGKILL'));
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    await until('the endpoint', () => /Ctrl-C stops everything/.test(output));
    const children = descendants(npm.pid ?? 0);
    assert.ok(children.length > 1, 'no endpoint runs');
    npm.kill('SIGTERM');
    await untilGone(children);
  });

  it('stops everything that it started on Ctrl-C', async () => {
    using started = start(project.folder, '--no-deploy');
    const url = await started.url();
    const children = descendants(started.pid);
    assert.ok(children.length > 0, 'no engine runs');
    assert.equal(await started.interrupt(), 0);
    await untilGone(children);
    await assert.rejects(fetch(url));
  });

  it('stops everything on Ctrl-C in the middle of a deploy', async () => {
    using started = start(project.folder, '--services', 'platform');
    await started.prints(/deploying platform/);
    const children = descendants(started.pid);
    assert.ok(children.length > 1, 'no deploy runs');
    assert.equal(await started.interrupt(), 0);
    assert.doesNotMatch(started.output(), /ready in/);
    await untilGone(children);
  });

  for (const [columns, drawn] of [
    [80, /Deploying 0\/2: platform/],
    [0, /deploying platform\r\n/],
  ] as const) {
    const skip = process.platform === 'linux' && existsSync('/usr/bin/script') ? false : 'needs script of util-linux';
    it(`stops on Ctrl-C in a terminal of ${columns} columns in the middle of a deploy`, { skip }, async (t) => {
      const command = `stty cols ${columns}; exec node local/launch.js --port 0 --services tasks`;
      const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: project.folder, stdio: 'pipe' });
      t.after(() => terminal.kill('SIGKILL'));
      const exited = once(terminal, 'exit');
      let output = '';
      terminal.stdout.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
      await until('the deploy', () => drawn.test(output));
      const children = descendants(terminal.pid ?? 0);
      terminal.stdin.write('\x03');
      assert.deepEqual(await exited, [0, null]);
      await untilGone(children);
      assert.doesNotMatch(output, /ready in/);
    });
  }

  const waiting = new RegExp(`Another deploy of this clone is running \\(process ${process.pid}\\): waiting …`);

  it('stops on Ctrl-C while it waits for another deploy from the same clone', async () => {
    using _lock = takeLock(deployLock(project.folder));
    using started = start(project.folder, '--services', 'platform');
    await started.prints(waiting);
    assert.equal(await started.interrupt(), 0);
  });

  it('waits for another deploy, and keeps data and stacks across a restart with --persist', async () => {
    const lock = takeLock(deployLock(project.folder));
    const options = ['--services', 'tasks', '--verbose', '--persist', join(project.folder, 'state')];
    using first = start(project.folder, ...options);
    const firstUrl = await first.url();
    await first.prints(waiting);
    lock[Symbol.dispose]();
    await first.prints(/services ready/);
    const before = await serviceClient('tasks', firstUrl);
    const task = { title: 'Survive', detail: 'a restart' };
    const created = await before.send({ method: 'POST', path: '/tasks', body: task });
    const { id } = json(z.object({ id: z.string() }), created);
    assert.equal(await first.interrupt(), 0);

    using second = start(project.folder, ...options);
    const secondUrl = await second.url();
    await second.prints(/services ready/);
    assert.match(second.output(), /No changes to deploy/);
    const after = await serviceClient('tasks', secondUrl);
    assert.equal(new URL(after.url).pathname, new URL(before.url).pathname);
    assert.equal((await after.send({ path: `/tasks/${id}` })).body, created.body);
    assert.equal(await second.interrupt(), 0);
  });

  it('prints lines with a token where the parameters make callers need one', async () => {
    using started = start(project.folder, '--services', 'tasks,planner', '--param', 'auth=jwt');
    const url = await started.url();
    await started.prints(/Ctrl-C stops everything/);
    assert.match(started.output(), new RegExp(`^ +tasks +http://api\\.localhost:${new URL(url).port}/tasks$`, 'm'));
    const [token = '', ...lines] = [...started.output().matchAll(/^ +((?:TOKEN=|curl ).*)$/gm)].map(
      ([, line]) => line ?? '',
    );
    assert.equal(lines.length, 2, started.output());
    for (const line of lines) {
      const tried = `${token}\n${line} --silent --show-error --write-out ' %{http_code}'`;
      const answer = execFileSync('sh', ['-c', tried], { encoding: 'utf8', cwd: project.folder });
      assert.match(answer, /^[[{].* 20[01]$/);
      const withoutToken = `${line} --silent --show-error --write-out ' %{http_code}'`;
      assert.match(execFileSync('sh', ['-c', withoutToken], { encoding: 'utf8' }), / 401$/);
    }
    assert.equal(await started.interrupt(), 0);
  });

  it('prints lines to try that work, and takes a saved file over at once with --watch', async () => {
    using started = start(project.folder, '--services', 'tasks,planner', '--watch');
    const url = await started.url();
    await started.prints(/Ctrl-C stops everything/);
    const lines = [...started.output().matchAll(/^ +(curl .*)$/gm)].map(([, line]) => line ?? '');
    assert.equal(lines.length, 2, started.output());
    for (const line of lines) {
      const tried = `${line} --silent --show-error --write-out ' %{http_code}'`;
      assert.match(execFileSync('sh', ['-c', tried], { encoding: 'utf8' }), /^[[{].* 20[01]$/);
    }

    project.edit('services/tasks/src/handlers/list-tasks.ts', 'body: ', 'body: ["saved"] ?? ');
    await started.prints(/listTasks updated in \d+ ms/);
    const tasks = await serviceClient('tasks', url);
    assert.equal((await tasks.send({ path: '/tasks' })).body, '["saved"]');

    project.edit('services/tasks/table.yml', '\n', '\n\n');
    await started.prints(/services\/tasks\/table\.yml saved: .* EDGE_PORT=\d+ npm run deploy -- --stage local/);
    assert.equal(await started.interrupt(), 0);
  });
});

type Started = Disposable & {
  readonly pid: number;
  output(): string;
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  url(): Promise<string>;
  /** Ctrl-C; gives the exit code. */
  interrupt(): Promise<number | null>;
};

function start(folder: string, ...args: string[]): Started {
  const child: ChildProcess = spawn(process.execPath, ['local/launch.js', '--port', '0', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const prints = (pattern: RegExp): Promise<RegExpExecArray> =>
    until(
      `${pattern}`,
      () => {
        const found = pattern.exec(output);
        assert.ok(found !== null || child.exitCode === null, output);
        return found ?? undefined;
      },
      60_000,
    );
  return {
    pid: child.pid ?? 0,
    output: () => output,
    prints,
    url: async () => (await prints(/AWS endpoint ready on (http:\S+)/))[1] ?? '',
    async interrupt() {
      child.kill('SIGINT');
      await exited;
      return child.exitCode;
    },
    [Symbol.dispose]: () => {
      if (child.exitCode === null) child.kill('SIGKILL');
    },
  };
}

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
