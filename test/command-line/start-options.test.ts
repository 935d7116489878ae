import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { start } from '#test/support/npm-start.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';

describe('npm start', () => {
  let project: FixtureProject;
  beforeAll(() => {
    project = copyRepository();
  });
  afterAll(() => project[Symbol.dispose]());

  const launch = (...args: string[]): Promise<Finished> =>
    runCommand(process.execPath, ['tools/dev/launch.js', ...args], { cwd: project.folder, env: process.env });

  it('explains its options', async () => {
    const { exitCode, output } = await launch('--help');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    for (const option of ['--port', '--services', '--param', '--persist', '--no-deploy', '--watch', '--help']) {
      expect(output).toMatch(new RegExp(`^ +${option} `, 'm'));
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
      expect({ exitCode, output }).toMatchObject({ exitCode: 2 });
      expect(output).toMatch(said);
      expect(output).not.toMatch(/\n +at /);
    }
  });

  it('names the services that there are when asked for another', async () => {
    const { exitCode, output } = await launch('--services', 'tasks,task');
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toMatch(/no service "task".*tasks, /);
  });

  it('says what to do about a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { exitCode, output } = await launch('--no-deploy', '--port', String(port));
    other.close();
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toMatch(new RegExp(`Port ${port} is in use.*choose another`, 's'));
    expect(output).not.toMatch(/\n +at /);
  });

  it('says that the packages are missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clone-'));
    using cleanup = new DisposableStack();
    cleanup.defer(() => rmSync(folder, { recursive: true }));
    for (const name of ['tools', 'package.json']) {
      cpSync(join(project.folder, name), join(folder, name), { recursive: true });
    }
    const { exitCode, output } = await runCommand(process.execPath, ['tools/dev/launch.js'], {
      cwd: folder,
      env: process.env,
    });
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toMatch(/Run `npm ci` first/);
    expect(output).not.toMatch(/\n +at /);
  });

  it('keeps a folder to itself with --persist, until it ends', async () => {
    const folder = join(project.folder, 'kept');
    const options = ['--no-deploy', '--persist', folder];
    using started = start(project.folder, ...options);
    await started.url();
    const { exitCode, output } = await launch('--port', '0', ...options);
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toBe(`${folder} is in use by the endpoint of process ${started.pid}.\n`);
    expect(await started.interrupt()).toBe(0);

    using again = start(project.folder, ...options);
    await again.url();
    expect(await again.interrupt()).toBe(0);
  });

  it('keeps nothing in what is no folder', async () => {
    const { exitCode, output } = await launch('--no-deploy', '--port', '0', '--persist', 'package.json');
    expect({ exitCode, output }).toEqual({
      exitCode: 1,
      output: `${join(project.folder, 'package.json')} is not a folder. Choose another folder for --persist.\n`,
    });
  });
});
