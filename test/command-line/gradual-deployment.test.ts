import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { ShiftableClock, until } from 'local-aws/testing';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { type Answer, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

const minute = 60_000;
const handler = 'services/tasks/src/handlers/list-tasks.ts';

describe('services with the parameter gradualDeployment', () => {
  const clock = new ShiftableClock();
  let endpoint: Endpoint;
  let repository: FixtureProject;
  let lambda: LambdaClient;
  let logs: CloudWatchLogsClient;
  let cloudFormation: CloudFormationClient;
  const clients = new Map<string, ServiceClient>();
  beforeAll(async () => {
    endpoint = await startEndpoint({ clock });
    repository = copyRepository();
    lambda = new LambdaClient(awsConfig(endpoint.url));
    logs = new CloudWatchLogsClient(awsConfig(endpoint.url));
    cloudFormation = new CloudFormationClient(awsConfig(endpoint.url));
    for (const service of ['platform', 'tasks', 'planner']) await deployed(deploy(service));
    for (const service of ['tasks', 'planner']) clients.set(service, await serviceClient(service, endpoint.url));
  });
  afterAll(async () => {
    for (const client of [lambda, logs, cloudFormation]) client.destroy();
    repository[Symbol.dispose]();
    await endpoint.close();
  });

  function deploy(service: string, configuration = 'Canary10Percent5Minutes'): Promise<Finished> {
    const args = ['deploy', '--stage', 'local', '--param', `gradualDeployment=${configuration}`];
    return runCommand('sls', args, {
      cwd: `${repository.folder}/services/${service}`,
      env: localEnvironment(repository.folder, endpoint.port, process.env),
    });
  }

  async function deployed(finished: Promise<Finished>): Promise<string> {
    const { exitCode, output } = await finished;
    expect({ exitCode, output }).toStrictEqual({ exitCode: 0, output: expect.any(String) });
    return output;
  }

  /** The version behind the alias of a function of tasks, with the weight of another one. */
  async function routeOf(name: string): Promise<string> {
    const { FunctionVersion, RoutingConfig } = await lambda.send(
      new GetAliasCommand({ FunctionName: `tasks-local-${name}`, Name: 'live' }),
    );
    const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
    return [FunctionVersion, ...weights.map(([version, weight]) => `${version}=${weight}`)].join(' ');
  }

  function get(service: string, path: string): Promise<Answer> {
    const client = clients.get(service);
    if (client === undefined) throw new Error(`${service} is not deployed`);
    return client.send({ path });
  }

  /** The versions that a function has run as. */
  async function executedVersions(name: string): Promise<readonly string[]> {
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: `/aws/lambda/${name}` }));
    return [...new Set(logStreams.map(({ logStreamName = '' }) => /\[(.*)\]/.exec(logStreamName)?.[1] ?? ''))];
  }

  it('have functions whose versions APIs and other services call', async () => {
    expect(await get('tasks', '/tasks')).toMatchObject({ statusCode: 200 });
    expect(await get('planner', '/planner')).toMatchObject({ statusCode: 200 });
    expect(await executedVersions('tasks-local-listTasks')).toStrictEqual(['1']);
    expect(await executedVersions('planner-local-getPlan')).toStrictEqual(['1']);
  });

  it('shift nothing when nothing has changed', async () => {
    expect(await deployed(deploy('tasks'))).toMatch(/No changes to deploy/);
    expect(await routeOf('listTasks')).toBe('1');
  });

  it('give changed functions a tenth of their requests for five minutes, and then all', async () => {
    repository.edit(handler, 'nextPageLink(query, page.nextToken)', "{ 'X-Build': 'second' }");
    const deploying = deploy('tasks');
    await until('the shift', async () => (await routeOf('listTasks')) === '1 2=0.1');
    expect(await routeOf('createTask')).toBe('1');
    await clock.advance(4.5 * minute);
    expect(await routeOf('listTasks')).toBe('1 2=0.1');
    await clock.advance(minute);
    await deployed(deploying);
    expect(await routeOf('listTasks')).toBe('2');
    expect((await get('tasks', '/tasks')).headers['x-build']).toBe('second');
  });

  it('go back when the new code fails, with the whole stack', async () => {
    repository.edit(handler, "'second'", 'JSON.parse(page.items.join())');
    const deploying = deploy('tasks');
    await until('the shift', async () => (await routeOf('listTasks')) === '2 3=0.1');
    await until('an error', async () => (await get('tasks', '/tasks')).statusCode === 500);
    const { exitCode, output } = await deploying;
    expect(exitCode).toBe(1);
    expect(output).toMatch(/One or more alarms have been activated.*ListTasksLambdaFunctionErrorAlarm/);
    expect(await routeOf('listTasks')).toBe('2');
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'tasks-local' }));
    expect(Stacks[0]?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await get('tasks', '/tasks')).headers['x-build']).toBe('second');
  });

  it('take a fix all at once while the alarm is on', async () => {
    repository.edit(handler, 'JSON.parse(page.items.join())', "'fixed'");
    await deployed(deploy('tasks', 'AllAtOnce'));
    expect((await get('tasks', '/tasks')).headers['x-build']).toBe('fixed');
  });
});
