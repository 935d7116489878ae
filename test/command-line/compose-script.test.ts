import { cpSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { type Endpoint, startEndpoint } from 'local-aws';
import { copyRepository, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { endpointClients } from '#tools/deploy/endpoint-stack.ts';

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
    project.edit(
      'shared/serverless/params.schema.yml',
      '  commerceTableName:',
      '  queueUrl: *text\n  commerceTableName:',
    );
    state = join(project.folder, '.serverless', 'state.local.json');
  });
  afterAll(async () => {
    project[Symbol.dispose]();
    await endpoint.close();
  });

  const run = (...args: string[]): Promise<Finished> => runWith({}, ...args);
  const runWith = (variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Finished> =>
    runCommand(process.execPath, args, {
      cwd: project.folder,
      env: { ...process.env, ...variables, EDGE_PORT: String(endpoint.port) },
    });
  const compose = (...args: string[]): Promise<Finished> => run('tools/cli/compose.ts', ...args, '--stage', 'local');

  const unchanged = /^(?:(?:sender|receiver) +no changes\n){2}\nNo changes \([\d.]+ s\)\.\n$/;
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

  it('deploy prints a line for each service and a summary, hands on outputs, and skips what has not changed', async () => {
    const first = await compose('deploy');
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.output).toMatch(
      /^sender +created in [\d.]+ s: \d resources\nreceiver +created in [\d.]+ s: \d+ resources\n\n2 created in [\d.]+ s\.\n$/,
    );
    // What osls-compose remembers is of another endpoint now.
    writeFileSync(state, readFileSync(state, 'utf8').replaceAll('-local-', '-elsewhere-'));
    const second = await compose('deploy');
    expect(second.output).toMatch(unchanged);
    expect((await compose('receiver:invoke', '--function', 'tellQueue')).output).toMatch(queueUrl);
  });

  it('deploy takes over a changed source, and leaves the other service', async () => {
    project.edit('receiver/src/tell-queue.mjs', 'process.env.QUEUE_URL', 'String(process.env.QUEUE_URL)');
    const { exitCode, output } = await compose('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(
      /^sender +no changes\nreceiver +updated in [\d.]+ s: \d changed \(.*TellQueueLambdaFunction/,
    );
    expect(output).toMatch(/\n\n1 updated, 1 unchanged in /);
  });

  it('deploy takes over a changed environment variable that the template names', async () => {
    project.edit(
      'receiver/serverless.yml',
      '    environment:\n',
      `    environment:\n      GREETING: \${opt:greeting, env:GREETING, 'none'}\n`,
    );
    expect((await compose('deploy')).output).toMatch(/\nreceiver +updated in /);
    expect((await compose('deploy')).output).toMatch(unchanged);
    const { output } = await runWith({ GREETING: 'hello' }, 'tools/cli/compose.ts', 'deploy', '--stage', 'local');
    expect(output).toMatch(/^sender +no changes\nreceiver +updated in [\d.]+ s: 1 changed \(TellQueueLambdaFunction\)/);
    expect((await compose('deploy')).output).toMatch(/\nreceiver +updated in /);
  });

  it('deploy restores a function whose code was replaced on the endpoint, and a stack that is gone', async () => {
    using clients = endpointClients(endpoint.port);
    const ZipFile = zipSync({ 'index.mjs': strToU8('export const handler = () => "replaced"') });
    const FunctionName = 'receiver-local-tellQueue';
    await clients.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    expect((await compose('deploy', '--service', 'receiver')).output).toMatch(/^receiver +updated in /);
    expect((await compose('receiver:invoke', '--function', 'tellQueue')).output).toMatch(queueUrl);

    await compose('remove', '--service=receiver');
    const { output } = await compose('deploy', '--service=receiver');
    expect(output).toMatch(/^receiver +created in /);
    expect(output).not.toMatch(/sender/);
    expect((await compose('deploy')).output).toMatch(unchanged);
  });

  it('deploy leaves a service out that needs one that fails', async () => {
    project.edit('sender/serverless.yml', 'api: none', 'api: unknown');
    const { exitCode, output } = await compose('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toMatch(/^sender +failed after [\d.]+ s:\n/);
    expect(output).toMatch(/^receiver +not deployed$/m);
    project.edit('sender/serverless.yml', 'api: unknown', 'api: none');
  });

  it('deploy shows the whole error of a service with its name, and --force deploys what has not changed', async () => {
    project.edit('receiver/src/tell-queue.mjs', 'export', 'const broken = {; export');
    const failed = await compose('deploy');
    expect(failed).toMatchObject({ exitCode: 1 });
    expect(failed.output).toMatch(
      /receiver +failed after [\d.]+ s:\n {2}Build failed with 1 error:\n {2}src\/tell-queue\.mjs:1:\d+: ERROR: Expected identifier/,
    );
    project.edit('receiver/src/tell-queue.mjs', 'const broken = {; export', 'export');
    const forced = await compose('deploy', '--force', '--verbose');
    expect(forced).toMatchObject({ exitCode: 0 });
    expect(forced.output).toMatch(/sender › Running "serverless deploy --force/);
    expect(forced.output).toMatch(/\nreceiver +updated in /);
  });

  it('the outputs of a stack are printed, and reach the stack that needs them', async () => {
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
    expect(bin).toBe(join(root, 'tools', 'commands', 'compose.js'));
    const { exitCode, output } = await run('tools/commands/compose.js', 'outputs', '--stage', 'local');
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
