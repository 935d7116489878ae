import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListSubscriptionsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

describe('npm run deploy', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      port: 0,
      persist: undefined,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyRepository();
    const alone = 'services:\n  platform:\n    path: services/platform\n';
    writeFileSync(join(project.folder, 'serverless-compose.yml'), alone);
  });
  afterAll(async () => {
    project[Symbol.dispose]();
    await endpoint.close();
  });

  const compose = (...args: string[]): Promise<Finished> =>
    runCommand(process.execPath, ['tools/cli/compose.ts', ...args, '--stage', 'local'], {
      cwd: project.folder,
      env: { ...process.env, EDGE_PORT: String(endpoint.port) },
    });
  const subscribers = async (): Promise<readonly (string | undefined)[]> => {
    const { Subscriptions = [] } = await new SNSClient(awsConfig(endpoint.url)).send(new ListSubscriptionsCommand({}));
    return Subscriptions.map((subscription) => subscription.Endpoint);
  };

  it('takes parameters, which osls-compose itself does not, and keeps one state with and without them', async () => {
    const given = await compose('deploy', '--param', 'alarmEmail=oncall@example.com', '--param=logRetentionInDays=7');
    expect(given.exitCode).toBe(0);
    expect(await subscribers()).toStrictEqual(['oncall@example.com']);

    expect((await compose('outputs')).output).toMatch(/MonitoringTopicArn: arn:aws:sns/);

    const without = await compose('deploy');
    expect(without.exitCode).toBe(0);
    expect(await subscribers()).toStrictEqual([]);
  });

  it('refuses a parameter that is misspelt or has no value', async () => {
    for (const [param, message] of [
      ['alarmMail=x', /there is no parameter alarmMail/],
      ['alarmEmail=', /--param takes name=value/],
    ] as const) {
      const { exitCode, output } = await compose('deploy', '--param', param);
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(message);
    }
  });

  it('ends when a function cannot be built, and says where', async () => {
    const service = join(project.folder, 'services', 'tasks');
    const mistakes: readonly [() => void, RegExp][] = [
      [
        () => appendFileSync(join(service, 'src', 'domain', 'owner.ts'), 'const broken = {;'),
        /Error:\nBuild failed with 1 error:\nsrc\/domain\/owner\.ts:\d+:\d+: ERROR: Expected identifier/,
      ],
      [
        () => rmSync(join(service, 'src', 'handlers', 'get-task.ts')),
        /Error:\nfunctions\.getTask\.handler: there is no src\/handlers\/get-task\.ts, nor /,
      ],
    ];
    for (const [make, message] of mistakes) {
      make();
      const { exitCode, output } = await runCommand('sls', ['package', '--stage', 'local'], {
        cwd: service,
        env: localEnvironment(project.folder, endpoint.port, process.env),
        timeoutMs: 60_000,
      });
      expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
      expect(output).toMatch(message);
    }
  });
});
