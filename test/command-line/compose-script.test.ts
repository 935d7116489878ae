import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Endpoint, startEndpoint } from '#local/endpoint.ts';
import { copyRepository, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';

describe('npm run deploy and remove, for stage local', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  let state: string;
  before(async () => {
    endpoint = await startEndpoint({ port: 0, persist: undefined, onError: (error) => assert.fail(String(error)) });
    project = copyRepository();
    cpSync(join(root, 'test', 'fixtures', 'pair'), project.folder, { recursive: true });
    state = join(project.folder, '.serverless', 'state.local.json');
  });
  after(async () => {
    project[Symbol.dispose]();
    await endpoint.close();
  });

  const run = (...args: string[]): Promise<Finished> =>
    runCommand(process.execPath, args, {
      cwd: project.folder,
      env: { ...process.env, EDGE_PORT: String(endpoint.port) },
    });
  const compose = (...args: string[]): Promise<Finished> => run('scripts/compose.ts', ...args, '--stage', 'local');

  const queueUrl = /http:\/\/localhost:\d+\/000000000000\/sender-local-Queue-/;

  it('nothing is changed before a stage is named', async () => {
    for (const args of [
      ['scripts/compose.ts', 'deploy'],
      ['scripts/compose.ts', 'remove', '--service', 'sender'],
      ['scripts/compose.ts', 'sender:deploy', '--stage'],
      ['scripts/sls.ts', 'sender', 'deploy', 'function', '--function', 'send'],
      ['scripts/sls.ts', 'sender', 'invoke'],
    ]) {
      const { exitCode, output } = await run(...args);
      assert.equal(exitCode, 2, output);
      assert.match(output, /^Say which stage: --stage local .*\n$/);
    }
  });

  it('the options that they take are explained', async () => {
    for (const command of ['deploy', 'remove']) {
      const { exitCode, output } = await run('scripts/compose.ts', command, '--help');
      assert.equal(exitCode, 0);
      for (const option of ['--stage', '--param', '--service', 'EDGE_PORT']) assert.match(output, new RegExp(option));
    }
  });

  it('deploy hands on what the stacks put out now, not what is remembered of another endpoint', async () => {
    assert.equal((await compose('deploy')).exitCode, 0);
    const remembered = readFileSync(state, 'utf8');
    writeFileSync(state, remembered.replaceAll('-local-', '-elsewhere-'));
    const { exitCode, output } = await compose('deploy');
    assert.equal(exitCode, 0, output);
    assert.match(output, /receiver › no changes/);
    assert.deepEqual(JSON.parse(readFileSync(state, 'utf8')), JSON.parse(remembered));
  });

  it('deploy of one service gets what the others put out now, and deploys none of them', async () => {
    const remembered = readFileSync(state, 'utf8');
    writeFileSync(state, remembered.replaceAll('-local-', '-elsewhere-'));
    const { exitCode, output } = await compose('deploy', '--service=receiver');
    assert.equal(exitCode, 0, output);
    assert.match(output, /receiver › no changes/);
    assert.doesNotMatch(output, /sender › (deployed|no changes)/);
    assert.deepEqual(JSON.parse(readFileSync(state, 'utf8')), JSON.parse(remembered));
  });

  it('what a stack puts out is told, and is with the one that needs it', async () => {
    assert.match((await compose('outputs')).output, queueUrl);
    assert.match((await compose('receiver:invoke', '--function', 'tellQueue')).output, queueUrl);
  });

  it('the Serverless CLI in one service says nothing of its plugin', async () => {
    const { exitCode, output } = await run('scripts/sls.ts', 'sender', 'info', '-s', 'local');
    assert.equal(exitCode, 0, output);
    assert.match(output, /^service: sender\nstage: local\n/);
    assert.doesNotMatch(output, /localstack/);
  });

  it('remove works without anything remembered, as after npm start', async () => {
    rmSync(state);
    const { exitCode, output } = await compose('remove');
    assert.equal(exitCode, 0, output);
    assert.deepEqual(endpoint.stacks(), []);
  });
});
