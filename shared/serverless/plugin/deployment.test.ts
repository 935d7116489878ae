import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { nameDeployment } from './deployment.ts';
import type { Resources } from './template.ts';

const resources = z.record(
  z.string(),
  z.looseObject({
    Type: z.string(),
    Properties: z.record(z.string(), z.unknown()),
    DependsOn: z.array(z.string()).optional(),
  }),
);
const deployed = (template: Resources) => resources.parse(nameDeployment(template));

const api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'shop' } };
const method = (HttpMethod: string) => ({ Type: 'AWS::ApiGateway::Method', Properties: { HttpMethod } });
const framework = (time: number, others: object = {}) => ({
  Api: api,
  [`ApiGatewayDeployment${time}`]: {
    Type: 'AWS::ApiGateway::Deployment',
    Properties: { RestApiId: { Ref: 'Api' }, StageName: 'dev' },
    DependsOn: ['Get'],
  },
  Get: method('GET'),
  Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { DeploymentId: { Ref: 'ApiGatewayDeployment' } } },
  ...others,
});
const deploymentIn = (template: z.infer<typeof resources>) => {
  const [entry] = Object.entries(template).filter(([, { Type }]) => Type === 'AWS::ApiGateway::Deployment');
  if (entry === undefined) throw new Error('there is no deployment');
  return { id: entry[0], ...entry[1] };
};

describe('the deployment of an API', () => {
  it('has an id that changes with the API and with nothing else', () => {
    const { id } = deploymentIn(deployed(framework(1)));
    const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    expect(id).toMatch(/^ApiGatewayDeployment[0-9a-f]{12}$/);
    expect(deploymentIn(deployed(framework(2, table))).id).toBe(id);
    expect(deploymentIn(deployed(framework(1, { Post: method('POST') }))).id).not.toBe(id);
  });

  it('has another id when what the API calls may have been replaced', () => {
    const call = (uri: object) => ({ Call: { Type: 'AWS::ApiGateway::Method', Properties: { Integration: { uri } } } });
    const idWith = (uri: object, target: object) =>
      deploymentIn(deployed(framework(1, { ...call(uri), Target: target }))).id;
    const queue = (QueueName: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });
    for (const uri of [
      { Ref: 'Target' },
      { 'Fn::GetAtt': ['Target', 'QueueName'] },
      { 'Fn::GetAtt': 'Target.QueueName' },
      { 'Fn::Sub': `sqs:path/\${AWS::AccountId}/\${Target.QueueName}` },
      { 'Fn::Sub': `\${Target}` },
    ]) {
      expect(idWith(uri, queue('one'))).not.toBe(idWith(uri, queue('other')));
    }
    const another = { Ref: 'Target2' };
    expect(idWith(another, queue('one'))).toBe(idWith(another, queue('other')));
  });

  it('has another id when any part of the API has changed', () => {
    const kinds = ['Resource', 'Method', 'Model', 'RequestValidator', 'GatewayResponse', 'Authorizer'];
    const idWith = (kind: string, Name: string) =>
      deploymentIn(deployed(framework(1, { Part: { Type: `AWS::ApiGateway::${kind}`, Properties: { Name } } }))).id;
    expect(kinds.filter((kind) => idWith(kind, 'one') === idWith(kind, 'other'))).toStrictEqual([]);
  });

  it('is found wherever the template refers to it, under either name', () => {
    const waiting = {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: { Stages: [{ Ref: 'ApiGatewayDeployment1' }, 'x'] },
    };
    const template = deployed(framework(1, { Waiting: waiting }));
    expect(template.Waiting?.Properties).toStrictEqual({ Stages: [{ Ref: deploymentIn(template).id }, 'x'] });
  });

  it('keeps its id when a function that the API calls gets other code', () => {
    const call = {
      Type: 'AWS::ApiGateway::Method',
      Properties: { Integration: { uri: { 'Fn::GetAtt': ['Run', 'Arn'] } } },
    };
    const idWith = (FunctionName: string, S3Key: string) =>
      deploymentIn(
        deployed(
          framework(1, {
            Call: call,
            Run: { Type: 'AWS::Lambda::Function', Properties: { FunctionName, Code: { S3Key } } },
          }),
        ),
      ).id;
    expect(idWith('run', 'monday.zip')).toBe(idWith('run', 'tuesday.zip'));
    expect(idWith('run', 'monday.zip')).not.toBe(idWith('walk', 'monday.zip'));
  });

  it('keeps its id when an alias that the API calls goes over to another version', () => {
    const call = { Type: 'AWS::ApiGateway::Method', Properties: { Integration: { uri: { Ref: 'Live' } } } };
    const idWith = (FunctionVersion: string, Name = 'live') => {
      const Live = { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: 'run', FunctionVersion, Name } };
      return deploymentIn(deployed(framework(1, { Call: call, Live }))).id;
    };
    expect(idWith('1')).toBe(idWith('2'));
    expect(idWith('1')).not.toBe(idWith('1', 'other'));
  });

  it('leaves the stage to a resource of its own, which refers to it', () => {
    const template = deployed(framework(1));
    const { id, Properties } = deploymentIn(template);
    expect(Properties).toStrictEqual({ RestApiId: { Ref: 'Api' } });
    expect(template.Stage?.Properties).toStrictEqual({ DeploymentId: { Ref: id } });
  });

  it('waits for every part of the API, and for nothing else', () => {
    const answers = { Answer: { Type: 'AWS::ApiGateway::GatewayResponse', Properties: {} } };
    const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    expect(deploymentIn(deployed(framework(1, { ...answers, ...table }))).DependsOn).toStrictEqual([
      'Answer',
      'Api',
      'Get',
    ]);
  });

  it('changes nothing of a template without an API', () => {
    const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    expect(deployed(table)).toStrictEqual(table);
  });
});
