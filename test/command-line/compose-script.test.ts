import { cpSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { copyRepository, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';

describe('npm run deploy and remove, for stage local', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  let state: string;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      port: 0,
      persist: undefined,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyRepository();
    cpSync(join(root, 'test', 'fixtures', 'pair'), project.folder, { recursive: true });
    state = join(project.folder, '.serverless', 'state.local.json');
  });
  afterAll(async () => {
    project[Symbol.dispose]();
    await endpoint.close();
  });

  const run = (...args: string[]): Promise<Finished> =>
    runCommand(process.execPath, args, {
      cwd: project.folder,
      env: { ...process.env, EDGE_PORT: String(endpoint.port) },
    });
  const compose = (...args: string[]): Promise<Finished> => run('tools/cli/compose.ts', ...args, '--stage', 'local');

  const queueUrl = /http:\/\/localhost:\d+\/000000000000\/sender-local-Queue-/;

  it('nothing is changed before a stage is named', async () => {
    for (const args of [
      ['tools/cli/compose.ts', 'deploy'],
      ['tools/cli/compose.ts', 'remove', '--service', 'sender'],
      ['tools/cli/compose.ts', 'sender:deploy', '--stage'],
      ['tools/cli/sls.ts', 'sender', 'deploy', 'function', '--function', 'send'],
      ['tools/cli/sls.ts', 'sender', 'invoke'],
    ]) {
      const { exitCode, output } = await run(...args);
      expect({ exitCode, output }).toMatchObject({ exitCode: 2 });
      expect(output).toMatch(/^Say which stage: --stage local .*\n$/);
    }
  });

  it('the options that they take are explained', async () => {
    for (const command of ['deploy', 'remove']) {
      const { exitCode, output } = await run('tools/cli/compose.ts', command, '--help');
      expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
      for (const option of ['--stage', '--param', '--service', 'EDGE_PORT']) expect(output).toMatch(new RegExp(option));
    }
  });

  it('deploy hands on what the stacks put out now, not what is remembered of another endpoint', async () => {
    expect((await compose('deploy')).exitCode).toBe(0);
    const remembered = readFileSync(state, 'utf8');
    writeFileSync(state, remembered.replaceAll('-local-', '-elsewhere-'));
    const { exitCode, output } = await compose('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/receiver › no changes/);
    expect(JSON.parse(readFileSync(state, 'utf8'))).toStrictEqual(JSON.parse(remembered));
  });

  it('deploy of one service gets what the others put out now, and deploys none of them', async () => {
    const remembered = readFileSync(state, 'utf8');
    writeFileSync(state, remembered.replaceAll('-local-', '-elsewhere-'));
    const { exitCode, output } = await compose('deploy', '--service=receiver');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/receiver › no changes/);
    expect(output).not.toMatch(/sender › (deployed|no changes)/);
    expect(JSON.parse(readFileSync(state, 'utf8'))).toStrictEqual(JSON.parse(remembered));
  });

  it('what a stack puts out is told, and is with the one that needs it', async () => {
    expect((await compose('outputs')).output).toMatch(queueUrl);
    expect((await compose('receiver:invoke', '--function', 'tellQueue')).output).toMatch(queueUrl);
  });

  it('the Serverless CLI in one service says nothing of its plugin', async () => {
    const { exitCode, output } = await run('tools/cli/sls.ts', 'sender', 'info', '-s', 'local');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/^service: sender\nstage: local\n/);
    expect(output).not.toMatch(/localstack/);
  });

  it('serverless-compose is a command of the project', async () => {
    const bin = realpathSync(join(root, 'node_modules', '.bin', 'serverless-compose'));
    expect(bin).toBe(join(root, 'tools', 'serverless-compose', 'bin.js'));
    const { exitCode, output } = await run('tools/serverless-compose/bin.js', 'outputs', '--stage', 'local');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(queueUrl);
  });

  it('remove works without anything remembered, as after npm start', async () => {
    rmSync(state);
    const { exitCode, output } = await compose('remove');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(endpoint.stacks()).toStrictEqual([]);
  });

  it('remove of what is removed already ends well', async () => {
    const { exitCode, output } = await compose('remove', '--service', 'sender', '--verbose');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/There is no stack sender-local: nothing is left to remove\./);
  });
});
