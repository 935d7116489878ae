import {
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

describe('provisionedConcurrency of the Serverless Framework', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  let lambda: LambdaClient;
  beforeAll(async () => {
    endpoint = await startEndpoint();
    project = copyFixture('provisioned');
    lambda = new LambdaClient(awsConfig(endpoint.url));
    await sls('deploy');
  });
  afterAll(async () => {
    lambda.destroy();
    project[Symbol.dispose]();
    await endpoint.close();
  });

  async function sls(command: string): Promise<void> {
    const { exitCode, output } = await runCommand('sls', [command, '--stage', 'local'], {
      cwd: project.folder,
      env: localEnvironment(root, endpoint.port, process.env),
    });
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  }

  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${endpoint.apis()[0]?.url}${path}`);
    return response.json();
  }

  const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:provisioned-local-${name}`;

  it('keeps an environment warm, which serves the first request through the alias provisioned', async () => {
    const config = { FunctionName: 'provisioned-local-warm', Qualifier: 'provisioned' };
    const state = await lambda.send(new GetProvisionedConcurrencyConfigCommand(config));
    expect(state).toMatchObject({ Status: 'READY', AllocatedProvisionedConcurrentExecutions: 1 });
    expect(await get('/warm')).toEqual({
      type: 'provisioned-concurrency',
      version: '1',
      round: '1',
      invokedFunctionArn: `${functionArn('warm')}:provisioned`,
    });
  });

  it('leaves functions without it as they are', async () => {
    expect(await get('/cold')).toMatchObject({ type: 'on-demand', version: '$LATEST' });
  });

  it('gives the events of queues to the alias too', async () => {
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand());
    expect(EventSourceMappings).toMatchObject([{ FunctionArn: `${functionArn('warm')}:provisioned` }]);
  });

  it('moves on to the version of the next deploy', async () => {
    const takeBack = project.extend({ provider: { environment: { ROUND: '2' } } });
    await sls('deploy');
    takeBack();
    expect(await get('/warm')).toMatchObject({ type: 'provisioned-concurrency', version: '2', round: '2' });
  });
});
