import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { start } from '#test/support/npm-start.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';

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
    assert.equal(
      output,
      `${join(project.folder, 'package.json')} is not a folder. Choose another folder for --persist.\n`,
    );
  });
});
