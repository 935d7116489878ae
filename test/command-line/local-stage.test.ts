import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';

// Each command runs with a developer's own keys in the environment and in ~/.aws, with profiles and a proxy. A module in
// its process writes down which keys sign its requests and which hosts other than this machine it connects to.

const elsewhere = 'https://sqs.eu-west-1.amazonaws.com';
const refusal = 'This command is for the endpoint on this machine: it does not connect to sqs.eu-west-1.amazonaws.com.';

describe('the Serverless CLI, run without the scripts of this repository', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  let home: string;
  let log: string;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      port: 0,
      persist: undefined,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyFixture('local-stage');
    home = mkdtempSync(join(root, '.local', 'test', 'home-'));
    log = join(home, 'connections.log');
    mkdirSync(join(home, '.aws'));
    const keys = (name: string): string =>
      `[${name}]\naws_access_key_id = AKIA${name.toUpperCase()}\naws_secret_access_key = secret\n`;
    writeFileSync(join(home, '.aws', 'credentials'), keys('default') + keys('mine'));
    writeFileSync(join(home, '.aws', 'config'), `[profile mine]\nregion = eu-west-1\nendpoint_url = ${elsewhere}\n`);
  });
  beforeEach(() => writeFileSync(log, ''));
  afterAll(async () => {
    project[Symbol.dispose]();
    rmSync(home, { recursive: true });
    await endpoint.close();
  });

  function run(command: string, environment: NodeJS.ProcessEnv = {}, bin = 'sls'): Promise<Finished> {
    return runCommand(join(root, 'node_modules', '.bin', bin), command.split(' '), {
      cwd: project.folder,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        USERPROFILE: home,
        AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'token',
        AWS_PROFILE: 'mine',
        AWS_DEFAULT_PROFILE: 'mine',
        AWS_LOCAL_PROFILE: 'mine',
        AWS_OFFLINE_ACCESS_KEY_ID: 'AKIASTAGE',
        AWS_OFFLINE_SECRET_ACCESS_KEY: 'secret',
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL: elsewhere,
        AWS_ENDPOINT_URL_SQS: elsewhere,
        HTTPS_PROXY: 'http://proxy.example:3128',
        http_proxy: 'http://proxy.example:3128',
        NODE_USE_ENV_PROXY: '1',
        NODE_OPTIONS: `--import ${join(root, 'test', 'support', 'record-connections.js')}`,
        CONNECTION_LOG: log,
        EDGE_PORT: String(endpoint.port),
        SLS_AWS_REQUEST_MAX_RETRIES: '0',
        ...environment,
      },
    });
  }

  const stacks = (): readonly string[] => endpoint.stacks().map(({ name }) => name);

  /** Each different line of the record. */
  const recorded = (): readonly string[] => [...new Set(readFileSync(log, 'utf8').split('\n').filter(Boolean))].sort();

  it('is recorded when it asks AWS, as for any other stage', async () => {
    const { exitCode } = await run('info --stage dev', { HTTPS_PROXY: '', http_proxy: '', NODE_USE_ENV_PROXY: '0' });
    expect(exitCode).toBe(1);
    expect(recorded()).toContainEqual(expect.stringMatching(/^connect .*\.eu-west-1\.amazonaws\.com$/));
    expect(recorded()).toContainEqual(expect.stringMatching(/^signed AKIA/));
  });

  it.each([
    ['deploy --stage local', 'sls', /Service deployed to stack bound-local/],
    ['info --stage local --aws-profile mine', 'serverless', /region: us-east-1/],
    ['deploy --stage local --region eu-central-1', 'sls', /Service deployed to stack bound-local/],
    ['info --stage local --region eu-central-1', 'sls', /region: eu-central-1/],
    ['invoke -f whoAmI -s local -r eu-central-1', 'osls', /"AWS_REGION": "eu-central-1"/],
    ['invoke -f whoAmI -s local', 'osls', /"AWS_REGION": "us-east-1"/],
    ['logs -f whoAmI --stage local', 'sls', /INIT_START|START|REPORT|platform/],
    ['metrics --stage local', 'sls', /./],
    ['deploy function -f whoAmI --stage local', 'sls', /Code did not change|Function code deployed/],
    ['print --stage local', 'sls', /ACCOUNT: '000000000000'/],
    ['rollback --stage local', 'sls', /Select a timestamp from the deploy list below/],
    ['deploy --stage offline', 'sls', /Service deployed to stack bound-offline/],
    ['remove --stage offline', 'sls', /successfully removed/],
  ])('binds `%s` to the endpoint', async (command, bin, expected) => {
    const { exitCode, output } = await run(command, {}, bin);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(expected);
    expect(recorded()).toStrictEqual(['signed test']);
  });

  it('binds a function of `invoke local` to the endpoint, whatever its environment says', async () => {
    const { exitCode, output } = await run(
      `invoke local -f whoAmI --stage local -e AWS_PROFILE=mine -e AWS_ENDPOINT_URL=${elsewhere}`,
    );
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(output.slice(output.indexOf('{')))).toStrictEqual({
      arn: expect.stringMatching(/^arn:aws:sqs:us-east-1:000000000000:bound-local-Queue-/),
      direct: refusal,
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
      AWS_REGION: 'us-east-1',
      AWS_PROFILE: 'none',
      AWS_ENDPOINT_URL_STS: 'none',
    });
    // The function has the credentials of its role, which the CLI gets for it.
    expect(recorded()).toStrictEqual([expect.stringMatching(/^signed ASIA/), 'signed test']);
  });

  it('binds other plugins to the endpoint, and refuses those that connect to AWS on their own', async () => {
    const { exitCode, output } = await run('probe --stage local --aws-profile mine --region eu-west-1');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    for (const way of ['request', 'region', 'sdk', 'options', 'version3', 'config']) {
      expect(output).toMatch(new RegExp(`^${way} answered$`, 'm'));
    }
    for (const way of ['early', 'https']) expect(output).toContain(`${way} failed: ${refusal}\n`);
    expect(output).toMatch(/^eu-west-1 no profile$/m);
    // Signed, and never sent.
    expect(recorded().filter((line) => line.startsWith('connect'))).toStrictEqual([]);
  });

  it.each(['deploy', 'invoke local -f whoAmI', 'print', 'remove'])(
    'refuses `%s` without an endpoint, and sends no request to AWS',
    async (command) => {
      const { exitCode, output } = await run(`${command} --stage local`, { EDGE_PORT: '1' });
      expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
      expect(output).toMatch(/No endpoint answers at http:\/\/localhost:1\. Start it first: npm start -- --port 1\n/);
      expect(recorded()).toStrictEqual([]);
    },
  );

  it('reads variables from Parameter Store of the endpoint, and says which one it does not have', async () => {
    const ssm = new SSMClient(awsConfig(endpoint.url));
    await ssm.send(new PutParameterCommand({ Name: '/bound/secret', Type: 'SecureString', Value: 'sesame' }));
    ssm.destroy();
    for (const [name, expected] of [
      ['/bound/secret', { exitCode: 0, output: /SECRET: sesame/ }],
      ['/bound/none', { exitCode: 1, output: /Cannot resolve variable at "functions\.whoAmI\.environment\.SECRET"/ }],
    ] as const) {
      const takeBack = project.extend({ functions: { whoAmI: { environment: { SECRET: `\${ssm:${name}}` } } } });
      const { exitCode, output } = await run('print --stage local');
      takeBack();
      expect(exitCode).toBe(expected.exitCode);
      expect(output).toMatch(expected.output);
    }
    expect(recorded()).toStrictEqual(['signed test']);
  });

  it('removes a service whose deploy has failed, and reports that a removed stack is gone', async () => {
    // Another owner has a queue of this name, with other properties.
    const sqs = new SQSClient(awsConfig(endpoint.url));
    await sqs.send(new CreateQueueCommand({ QueueName: 'taken', Attributes: { DelaySeconds: '7' } }));
    sqs.destroy();
    const Queue = { Properties: { QueueName: 'taken', DelaySeconds: 1 } };
    const takeBack = project.extend({ resources: { Resources: { Queue } } });
    expect(await run('deploy --stage offline')).toMatchObject({ exitCode: 1 });
    takeBack();
    expect(stacks()).toContain('bound-offline');
    for (const expected of ['has been successfully removed', 'There is no stack bound-offline: nothing is left']) {
      const { exitCode, output } = await run('remove --stage offline');
      expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
      expect(output).toContain(expected);
    }
    expect(stacks()).not.toContain('bound-offline');
  });

  it('refuses a container, which cannot reach the endpoint', async () => {
    const { exitCode, output } = await run('invoke local -f whoAmI --docker --stage local');
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toMatch(/invoke local --docker: a container cannot reach the endpoint/);
  });

  it('refuses a host of custom.localstack that is not this machine', async () => {
    const takeBack = project.extend({ custom: { localstack: { host: 'https://sqs.eu-west-1.amazonaws.com' } } });
    const { exitCode, output } = await run('info --stage local');
    takeBack();
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toMatch(/custom\.localstack\.host must be this machine, not "https:/);
    expect(recorded()).toStrictEqual([]);
  });
});
