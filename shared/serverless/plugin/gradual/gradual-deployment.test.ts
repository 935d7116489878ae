import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { errorNamespace } from '../error-filters.ts';
import type { FunctionConfiguration } from '../framework.ts';
import { type Resource, type Resources, resourcesOfType, type Template, valueAt } from '../template.ts';
import { deployGradually } from './gradual-deployment.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradual-'));
afterAll(() => rmSync(folder, { recursive: true }));

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const lambda = (FunctionName: string, Properties: Record<string, unknown> = {}): Resource => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName, Description: 'Sells', Code: { S3Key: 'now/buy.zip' }, ...Properties },
});
const errorAlarm = (MetricName: string): Resource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { Namespace: errorNamespace, MetricName },
});

type Options = { readonly configuration?: string; readonly code?: string; readonly outputs?: Template['Outputs'] };

/** The template of a service whose functions are those among `resources`. */
function gradual(resources: Resources, { configuration, code = 'one', outputs = {} }: Options = {}): Template {
  const artifact = join(folder, 'code.zip');
  writeFileSync(artifact, code);
  const functions = resourcesOfType(resources, 'AWS::Lambda::Function').map(
    ([id, { Properties }]): [string, FunctionConfiguration] => [id, { name: String(Properties?.FunctionName) }],
  );
  const template: Template = { Resources: structuredClone({ ...resources }), Outputs: structuredClone(outputs) };
  deployGradually(
    template,
    {
      parameters: { gradualDeployment: configuration ?? 'Canary10Percent5Minutes' },
      service: { functions: Object.fromEntries(functions), package: { artifact } },
      note: () => {},
    },
    { hasPackages: true },
  );
  return template;
}

const shop: Resources = { BuyLambdaFunction: lambda('shop-dev-buy'), BuyErrorAlarm: errorAlarm('shop-dev-buy') };
const alias = { Ref: 'BuyLambdaAlias' };
const versionIn = ({ Resources }: Template) => resourcesOfType(Resources, 'AWS::Lambda::Version')[0]?.[0] ?? '';

describe('a function that is deployed gradually', () => {
  it('has an alias of its version, whose traffic CodeDeploy shifts until an alarm of the function fires', () => {
    const { Resources } = gradual({ ...shop, SellErrorAlarm: errorAlarm('shop-dev-sell') });
    const versionId = versionIn({ Resources });
    expect(Resources[versionId]).toStrictEqual({
      Type: 'AWS::Lambda::Version',
      Properties: { FunctionName: { Ref: 'BuyLambdaFunction' } },
    });
    expect(Resources.BuyLambdaAlias).toMatchObject({
      Properties: { FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] }, Name: 'live' },
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          ApplicationName: { Ref: 'DeploymentApplication' },
          DeploymentGroupName: { Ref: 'BuyDeploymentGroup' },
        },
      },
    });
    expect(Resources.BuyDeploymentGroup?.Properties).toMatchObject({
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: 'BuyErrorAlarm' } }] },
      AutoRollbackConfiguration: { Enabled: true },
    });
  });

  it('is left alone where the parameter is none', () => {
    expect(gradual(shop, { configuration: 'none' }).Resources).toStrictEqual(shop);
  });

  it('can be mended all at once while its alarm is on', () => {
    const { Resources } = gradual(shop, { configuration: 'AllAtOnce' });
    expect(Resources.BuyDeploymentGroup?.Properties?.AlarmConfiguration).toStrictEqual({ Enabled: false });
    expect(JSON.stringify(Resources.DeploymentRole)).not.toMatch(/DescribeAlarms/);
  });

  it('stops on 5xx of the API that calls it, too', () => {
    const api = (MetricName: string): Resource => ({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { Namespace: 'AWS/ApiGateway', MetricName },
    });
    const { Resources } = gradual({
      ...shop,
      SendLambdaFunction: lambda('shop-dev-send'),
      Get: { Type: 'AWS::ApiGateway::Method', Properties: { Integration: { Uri: arn('BuyLambdaFunction') } } },
      ApiErrorAlarm: api('5XXError'),
      ApiLatencyAlarm: api('Latency'),
    });
    const alarmsOf = (group: string) => Resources[group]?.Properties?.AlarmConfiguration;
    expect(alarmsOf('BuyDeploymentGroup')).toStrictEqual({
      Enabled: true,
      Alarms: [{ Name: { Ref: 'BuyErrorAlarm' } }, { Name: { Ref: 'ApiErrorAlarm' } }],
    });
    expect(alarmsOf('SendDeploymentGroup')).toStrictEqual({ Enabled: false });
  });

  it('lets the role of CodeDeploy change its alias and see its alarms, and nothing else', () => {
    const statements = valueAt(
      gradual(shop).Resources.DeploymentRole,
      ...['Properties', 'Policies', 0, 'PolicyDocument', 'Statement'],
    );
    const name = `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:shop-dev-buy`;
    expect(statements).toStrictEqual([
      { Effect: 'Allow', Action: ['lambda:GetAlias', 'lambda:UpdateAlias'], Resource: [{ 'Fn::Sub': name }] },
      { Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: [arn('BuyErrorAlarm')] },
    ]);
  });

  it('keeps the alias and the version that provisionedConcurrency has given it', () => {
    const { Resources } = gradual({
      ...shop,
      BuyLambdaVersion1: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'BuyLambdaFunction' } } },
      BuyProvConcLambdaAlias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName: { Ref: 'BuyLambdaFunction' },
          Name: 'provisioned',
          ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 },
        },
      },
      Own: { Type: 'AWS::Pipes::Pipe', Properties: { Target: arn('BuyLambdaFunction') } },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName: { 'Fn::Join': [':', [arn('BuyLambdaFunction'), 'provisioned']] } },
      },
    });
    const called = { Ref: 'BuyProvConcLambdaAlias' };
    expect(resourcesOfType(Resources, 'AWS::Lambda::Alias')).toHaveLength(1);
    expect(versionIn({ Resources })).toBe('BuyLambdaVersion1');
    expect(Resources.BuyProvConcLambdaAlias?.UpdatePolicy).toBeDefined();
    expect(Resources.Own?.Properties?.Target).toStrictEqual(called);
    expect(Resources.Mapping?.Properties?.FunctionName).toStrictEqual(called);
    expect(JSON.stringify(Resources.DeploymentRole)).toMatch(/GetProvisionedConcurrencyConfig.*shop-dev-buy:\*/);
  });
});

describe('the version of a function', () => {
  const versionOf = (properties: Record<string, unknown>, more: Resources = {}, code?: string) =>
    versionIn(gradual({ BuyLambdaFunction: lambda('shop-dev-buy', properties), ...more }, { code: code ?? 'one' }));
  const first = versionOf({});

  it('is another one with other code or another configuration', () => {
    expect(versionOf({}, {}, 'two')).not.toBe(first);
    expect(versionOf({ MemorySize: 256 })).not.toBe(first);
    expect(versionOf({ LoggingConfig: { ApplicationLogLevel: 'DEBUG' } })).not.toBe(first);
  });

  it('stays with what versions do not have', () => {
    expect(versionOf({ Code: { S3Key: 'later/buy.zip' } })).toBe(first);
    expect(versionOf({ ReservedConcurrentExecutions: 5, Tags: [] })).toBe(first);
    expect(versionOf({}, { Other: { Type: 'AWS::SQS::Queue' } })).toBe(first);
  });

  it('is another one when a resource may have been replaced whose name it has', () => {
    const using = { Environment: { Variables: { TABLE: { Ref: 'Table' } } } };
    const table = (key: string) => ({ Table: { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: key } } });
    expect(versionOf(using, table('id'))).not.toBe(versionOf(using, table('name')));
  });

  // Lambda publishes no second version of the same code and configuration, and CloudFormation fails then.
  it('comes with a function that has changed', () => {
    const using = { Environment: { Variables: { TABLE: { Ref: 'Table' } } } };
    const functionWith = (key: string) =>
      gradual({
        BuyLambdaFunction: lambda('shop-dev-buy', using),
        Table: { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: key } },
      }).Resources.BuyLambdaFunction?.Properties;
    expect(functionWith('id')).not.toStrictEqual(functionWith('name'));
    expect(functionWith('id')?.Description).toMatch(/^Sells \([0-9a-f]{12}\)$/);
  });

  it('fits into the description of its function', () => {
    const { Resources } = gradual({ BuyLambdaFunction: lambda('shop-dev-buy', { Description: 'x'.repeat(256) }) });
    expect(Resources.BuyLambdaFunction?.Properties?.Description).toHaveLength(256);
  });

  it('is refused for a function with a layer of its own service, whose changes no template shows', () => {
    const layered = { Layers: [{ Ref: 'ToolsLambdaLayer' }] };
    expect(() => versionOf(layered, { ToolsLambdaLayer: { Type: 'AWS::Lambda::LayerVersion' } })).toThrow(
      /BuyLambdaFunction has a layer of its own service/,
    );
    expect(versionOf({ Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:tools:1'] })).not.toBe(first);
  });
});

describe('what calls a function that is deployed gradually', () => {
  const calling = (Type: string, Properties: Record<string, unknown>): Resource | undefined =>
    gradual({ ...shop, Caller: { Type, Properties } }).Resources.Caller;

  it.each([
    ['AWS::ApiGatewayV2::Integration', { IntegrationUri: arn('BuyLambdaFunction') }, { IntegrationUri: alias }],
    ['AWS::Lambda::EventSourceMapping', { FunctionName: arn('BuyLambdaFunction') }, { FunctionName: alias }],
    ['AWS::Lambda::Permission', { FunctionName: { Ref: 'BuyLambdaFunction' } }, { FunctionName: alias }],
    ['AWS::Scheduler::Schedule', { Target: { Arn: arn('BuyLambdaFunction') } }, { Target: { Arn: alias } }],
    [
      'AWS::ApiGateway::Authorizer',
      { AuthorizerUri: { 'Fn::Sub': `path/\${BuyLambdaFunction.Arn}/\${AWS::Region}` } },
      { AuthorizerUri: { 'Fn::Sub': `path/\${BuyLambdaAlias}/\${AWS::Region}` } },
    ],
    [
      'AWS::ApiGateway::RestApi',
      { Body: { 'Fn::Sub': [`\${own}`, { own: arn('BuyLambdaFunction') }] } },
      { Body: { 'Fn::Sub': [`\${own}`, { own: alias }] } },
    ],
  ])('calls the alias: %s', (type, before, after) => {
    expect(calling(type, before)?.Properties).toStrictEqual(after);
  });

  it('has the permission for the alias, and keeps those for the function', () => {
    const invoke = { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: arn('BuyLambdaFunction') };
    const read = { Effect: 'Allow', Action: 'lambda:GetFunction', Resource: arn('BuyLambdaFunction') };
    const Policies = [{ PolicyDocument: { Statement: [invoke, read] } }];
    expect(calling('AWS::IAM::Role', { Policies })?.Properties).toStrictEqual({
      Policies: [{ PolicyDocument: { Statement: [{ ...invoke, Resource: alias }, read] } }],
    });
  });

  it('comes to the alias after the permission to call it', () => {
    const { Resources } = gradual({
      ...shop,
      Get: { Type: 'AWS::ApiGateway::Method', DependsOn: ['Path'], Properties: { Uri: arn('BuyLambdaFunction') } },
      Permission: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: arn('BuyLambdaFunction') } },
    });
    expect(Resources.Get?.DependsOn).toStrictEqual(['Path', 'Permission']);
  });

  it('has the destinations of events that the function had', () => {
    const settings = { FunctionName: { Ref: 'BuyLambdaFunction' }, Qualifier: '$LATEST' };
    expect(calling('AWS::Lambda::EventInvokeConfig', settings)).toMatchObject({
      Properties: { ...settings, Qualifier: 'live' },
      DependsOn: ['BuyLambdaAlias'],
    });
  });

  it('stays a function where it is a custom resource, which CloudFormation gives no other one', () => {
    const properties = { ServiceToken: arn('BuyLambdaFunction') };
    expect(calling('Custom::Sale', properties)?.Properties).toStrictEqual(properties);
  });

  it('gets the alias from the outputs of the stack', () => {
    const { Outputs } = gradual(shop, { outputs: { BuyArn: { Value: arn('BuyLambdaFunction') } } });
    expect(Outputs).toStrictEqual({ BuyArn: { Value: alias } });
  });
});
