import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';
import { createRenderer } from '#tools/render-templates/render-template.ts';

type Params = Readonly<Record<string, string>>;

const stage = 'dev';
const handedOver = { monitoringTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' };

describe('the plugin of all services', () => {
  let repository: FixtureProject;
  let render: ReturnType<typeof createRenderer>;
  beforeAll(() => {
    repository = copyRepository();
    render = createRenderer(repository.folder);
  });
  afterAll(() => repository[Symbol.dispose]());

  const folderOf = (service: string): string => join(repository.folder, 'services', service);
  const template = (service: string, params: Params = {}) =>
    render({ folder: folderOf(service), stage, params: { ...handedOver, ...params } });

  /** Renders a service with `to` in place of `from` in one of its files, and takes that back. */
  async function withEdit(
    service: string,
    from: string,
    to: string,
    { file = 'serverless.yml', params = {} }: { readonly file?: string; readonly params?: Params } = {},
  ) {
    const path = join(folderOf(service), file);
    const before = readFileSync(path, 'utf8');
    if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(path, before.replace(from, to));
    try {
      return await template(service, params);
    } finally {
      writeFileSync(path, before);
    }
  }

  const route = 'method: get, path: /tasks, authorizer: read';
  for (const [mistake, from, to, message] of [
    ['an unknown scope', route, route.replace('read', 'raed'), /GET \/tasks asks for "raed".*authorizer: read/],
    [
      'a route that says no scope',
      `${route} }`,
      'method: get, path: /tasks }',
      /GET \/tasks does not say who may call/,
    ],
    ['a route of another kind', `http: { ${route}`, `httpApi: { ${route}`, /httpApi event, but .* is rest.*"http:"/],
    ['an unknown kind of API', '{ api: rest }', '{ api: soap }', /custom\.service\.api/],
    ['no kind of API', 'service: { api: rest }', 'own: 1', /custom\.service is missing/],
    ['routes without an API', '{ api: rest }', '{ api: none }', /say "api: rest" or "api: http"/],
    [
      'a service without the parameters of all',
      `params: \${file(../../shared/serverless/params.yml)}`,
      'params: { default: { auth: none } }',
      /params lacks memorySize, .*throttlingRateLimit.*write "params: \$\{file/,
    ],
    [
      'a service with another provider',
      `provider: \${file(../../shared/serverless/provider.yml)}`,
      'provider: { name: aws, runtime: nodejs24.x }',
      /provider lacks architecture, .*logs: write "provider: \$\{file/,
    ],
    [
      'an API that has no stage',
      'resources:\n',
      'resources:\n  - Resources: { Other: { Type: AWS::ApiGateway::RestApi, Properties: { Name: other } } }\n',
      /The API Other has no stage/,
    ],
    [
      'a function whose role would have too long a name',
      'createTask:',
      'createATaskThatNobodyHasThoughtOfBeforeNow:',
      /functions\.createATask\w+: .*a function of tasks can have a name of 39 characters, since IAM allows 64/,
    ],
    [
      'a function without statements',
      '    iamRoleStatements: [{ Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt TasksTable.Arn }]\n',
      '',
      /functions\.createTask has no iamRoleStatements/,
    ],
  ] as const) {
    it(`refuses ${mistake}, by name`, async () => {
      await expect(withEdit('tasks', from, to)).rejects.toThrow(message);
    });
  }

  it('refuses an API without a route', async () => {
    await expect(withEdit('platform', 'api: none', 'api: rest')).rejects.toThrow(/no function has an http event/);
  });

  it('refuses plugins in an order in which they do not work', async () => {
    const plugin = '  - ../../shared/serverless/plugin\n';
    const localstack = '  - serverless-localstack\n';
    await expect(withEdit('tasks', plugin + localstack, localstack + plugin)).rejects.toThrow(/the order must be/);
  });

  it('names the output of platform that is missing', async () => {
    const params = { apiKeyRequired: 'true', apiKeyId: 'none' };
    await expect(template('tasks', params)).rejects.toThrow(/platform-dev has no output ApiKeyId/);
  });

  it('refuses a stage whose name makes those of roles too long', async () => {
    const folder = folderOf('platform');
    await expect(render({ folder, stage: 'x'.repeat(24), params: {} })).rejects.toThrow(/it can have 23/);
  });

  it('refuses wrong parameters before a template is made', async () => {
    await expect(template('tasks', { auth: 'JWT' })).rejects.toThrow(/the parameter auth is "JWT"/);
  });

  it('lets a service have plugins and options of its own beside those of all', async () => {
    const own = 'service: { api: rest }\n  esbuild: { external: [sharp] }\n  prune: { automatic: true }';
    const { Resources } = await withEdit('tasks', 'service: { api: rest }', own);
    expect(Resources).toStrictEqual((await template('tasks')).Resources);
  });

  it('leaves what a service says itself of a table as it is', async () => {
    const own = '    DeletionPolicy: Delete\n    Properties:\n      BillingMode: PROVISIONED\n';
    const params = { deletionPolicy: 'Retain', deletionProtection: 'true' };
    const { Resources } = await withEdit('tasks', '    Properties:\n', own, { file: 'table.yml', params });
    const { TasksTable } = Resources;
    expect(TasksTable?.DeletionPolicy).toBe('Delete');
    expect(TasksTable?.Properties?.BillingMode).toBe('PROVISIONED');
    expect(TasksTable?.Properties?.DeletionProtectionEnabled).toBeUndefined();
  });

  it('protects the data of a table that says nothing', async () => {
    const { TasksTable } = (await template('tasks', { deletionPolicy: 'Retain', deletionProtection: 'true' }))
      .Resources;
    expect(TasksTable?.DeletionPolicy).toBe('Retain');
    expect(TasksTable?.UpdateReplacePolicy).toBe('Retain');
    expect(TasksTable?.Properties?.DeletionProtectionEnabled).toBe(true);
  });

  it('keeps the logs of a stack that is removed, but not of one that was never made', async () => {
    const { CreateTaskLogGroup } = (await template('tasks', { deletionPolicy: 'Retain' })).Resources;
    expect(CreateTaskLogGroup).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    const { Resources } = await template('tasks');
    expect(Resources.CreateTaskLogGroup).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  const domain = {
    domainName: 'api.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
  };
  for (const [service, api, output] of [
    ['tasks', 'ApiGatewayRestApi', 'ServiceEndpoint'],
    ['users-async', 'ApiGatewayRestApi', 'ServiceEndpoint'],
    ['friends', 'HttpApi', 'HttpApiUrl'],
  ] as const) {
    it(`leaves the API of ${service} its domain as the only address`, async () => {
      const { Resources, Outputs = {} } = await template(service, domain);
      expect(Resources[api]?.Properties?.DisableExecuteApiEndpoint).toBe(true);
      expect(Outputs[output]?.Value).toBe(`https://api.example.com/${service}`);
      const open = await template(service, { ...domain, disableExecuteApiEndpoint: 'false' });
      expect(open.Resources[api]?.Properties?.DisableExecuteApiEndpoint).toBeUndefined();
      const without = await template(service);
      expect(without.Resources[api]?.Properties?.DisableExecuteApiEndpoint).toBeUndefined();
    });
  }

  it('scales provisioned tables and their indexes between the capacities of the parameters', async () => {
    const params = { billingMode: 'PROVISIONED', readCapacityUnits: '5', readCapacityMaximum: '50' };
    const { Resources } = await template('tasks', params);
    const scaling = Object.entries(Resources).filter(([, { Type }]) =>
      Type.startsWith('AWS::ApplicationAutoScaling::'),
    );
    expect(scaling.map(([id]) => id)).toStrictEqual([
      'TasksTableReadTarget',
      'TasksTableReadTargetTracking',
      'TasksTableByStateReadTarget',
      'TasksTableByStateReadTargetTracking',
    ]);
    expect(Resources.TasksTableByStateReadTarget?.Properties).toStrictEqual({
      MinCapacity: 5,
      MaxCapacity: 50,
      ResourceId: { 'Fn::Sub': `table/\${TasksTable}/index/byState` },
      ScalableDimension: 'dynamodb:index:ReadCapacityUnits',
      ServiceNamespace: 'dynamodb',
    });
    await expect(template('tasks', { ...params, readCapacityMaximum: '4' })).rejects.toThrow(
      /readCapacityMaximum is 4/,
    );
    const onDemand = await template('tasks', { readCapacityMaximum: '50' });
    expect(Object.keys(onDemand.Resources).filter((id) => /Target/.test(id))).toStrictEqual([]);
  });

  it('reserves concurrency for functions behind an API, and for no consumer', async () => {
    const { Resources } = await template('friends', { reservedConcurrency: '7' });
    const reserved = Object.entries(Resources).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Function' && Properties?.ReservedConcurrentExecutions === 7 ? [id] : [],
    );
    expect(reserved.sort()).toStrictEqual([
      'IsFriendLambdaFunction',
      'ListFriendsLambdaFunction',
      'SendActionLambdaFunction',
    ]);
  });

  for (const [service, params] of [
    ['tasks', { auth: 'jwt', oidcIssuer: 'https://id.example.com', oidcAudience: 'shop' }],
    ['users-async', { auth: 'jwt', oidcIssuer: 'https://id.example.com', oidcAudience: 'shop' }],
    ['planner', { morningPlan: 'true', listTasksFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:list' }],
    ['friends', {}],
    ['notifications', { commerceTableStreamArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/1' }],
  ] as const) {
    it(`lets everything call the aliases of ${service} that is deployed gradually, and nothing its functions`, async () => {
      const { Resources, Outputs = {} } = await template(service, { ...params, gradualDeployment: 'AllAtOnce' });
      const ids = (type: string) => Object.keys(Resources).filter((id) => Resources[id]?.Type === type);
      const functions = ids('AWS::Lambda::Function');
      const aliases = ids('AWS::Lambda::Alias');
      const text = JSON.stringify([Resources, Outputs]);
      expect(aliases).toHaveLength(functions.length);
      expect(functions.filter((id) => text.includes(`"${id}","Arn"`) || text.includes(`\${${id}.Arn}`))).toStrictEqual(
        [],
      );
      expect(aliases.filter((id) => !text.includes(`{"Ref":"${id}"}`) && !text.includes(`\${${id}}`))).toStrictEqual(
        [],
      );
    });
  }

  it('leaves nothing in the template of a part that a parameter turns off', async () => {
    const given = { listTasksFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:list' };
    const off = await template('planner', given);
    const on = await template('planner', { ...given, morningPlan: 'true' });
    const added = Object.entries(on.Resources).filter(([id]) => !(id in off.Resources));
    expect(added.map(([, { Type }]) => Type)).toStrictEqual(
      expect.arrayContaining(['AWS::Lambda::Function', 'AWS::Scheduler::Schedule', 'AWS::SQS::Queue']),
    );
    // Also without the part in its file.
    const before = readFileSync(join(folderOf('planner'), 'serverless.yml'), 'utf8');
    const [part = ''] = /\n {2}publishPlan:[\s\S]*/.exec(before) ?? [];
    expect(await withEdit('planner', part, '\n', { params: given })).toStrictEqual(off);
  });

  it('lets the functions whose events fail send them to their queue, and no others', async () => {
    const params = { listTasksFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:list', morningPlan: 'true' };
    const { Resources } = await template('planner', params);
    const allowed = (id: string) => JSON.stringify(Resources[id]?.Properties?.Policies);
    expect(allowed('PublishPlanIamRoleLambdaExecution')).toMatch(/sqs:SendMessage.*MissedPlansQueue/);
    expect(allowed('GetPlanIamRoleLambdaExecution')).not.toMatch(/sqs:/);
  });

  it('lets a service change what was added to it', async () => {
    const extension =
      'resources:\n  - extensions:\n      ApiGatewayStage: { Properties: { CacheClusterEnabled: true } }\n';
    const { ApiGatewayStage } = (await withEdit('tasks', 'resources:\n', extension)).Resources;
    expect(ApiGatewayStage?.Properties?.CacheClusterEnabled).toBe(true);
    expect(ApiGatewayStage?.Properties?.StageName).toBe(stage);
  });

  it('shows what it adds, where and why, without an account or a network', async () => {
    const args = ['print-additions', '--stage', 'prod', '--param', 'auth=cognito', '--param', 'webAcl=managed'];
    const { exitCode, output } = await runCommand('sls', args, {
      cwd: folderOf('planner'),
      // Where nothing listens: a question to AWS would fail.
      env: { ...localEnvironment(repository.folder, 1, process.env), AWS_REGION: 'eu-central-1' },
    });
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    for (const line of [
      /^functions\.getPlan: GET \/planner: .*authorizer.*auth is cognito; callers need planner\/read/m,
      /^Resources\.UserPoolAuthorizer: AWS::ApiGateway::Authorizer \(auth is cognito\)$/m,
      /^Resources\.WebAclAssociation: .*\(webAcl is not none\)$/m,
      /^Resources\.GetPlanLambdaFunctionErrorAlarm: AWS::CloudWatch::Alarm \(The log of planner-prod-getPlan has errors\.\)$/m,
    ]) {
      expect(output).toMatch(line);
    }
  });
});
