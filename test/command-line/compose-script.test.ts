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

  const compose = (...args: string[]): Promise<Finished> =>
    runCommand(process.execPath, ['scripts/compose.ts', ...args, '--stage', 'local'], {
      cwd: project.folder,
      env: { ...process.env, EDGE_PORT: String(endpoint.port) },
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

  it('remove works without anything remembered, as after npm start', async () => {
    rmSync(state);
    const { exitCode, output } = await compose('remove');
    assert.equal(exitCode, 0, output);
    assert.deepEqual(endpoint.stacks(), []);
  });
});
