import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
  assert.ok(entry);
  return { id: entry[0], ...entry[1] };
};

describe('the deployment of an API', () => {
  it('has an id that changes with the API and with nothing else', () => {
    const { id } = deploymentIn(deployed(framework(1)));
    const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    assert.match(id, /^ApiGatewayDeployment[0-9a-f]{12}$/);
    assert.equal(deploymentIn(deployed(framework(2, table))).id, id);
    assert.notEqual(deploymentIn(deployed(framework(1, { Post: method('POST') }))).id, id);
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
      assert.notEqual(idWith(uri, queue('one')), idWith(uri, queue('other')), JSON.stringify(uri));
    }
    const another = { Ref: 'Target2' };
    assert.equal(idWith(another, queue('one')), idWith(another, queue('other')));
  });

  it('has another id when any part of the API has changed', () => {
    for (const kind of ['Resource', 'Method', 'Model', 'RequestValidator', 'GatewayResponse', 'Authorizer']) {
      const idWith = (Name: string) =>
        deploymentIn(deployed(framework(1, { Part: { Type: `AWS::ApiGateway::${kind}`, Properties: { Name } } }))).id;
      assert.notEqual(idWith('one'), idWith('other'), kind);
    }
  });

  it('is found wherever the template refers to it, under either name', () => {
    const waiting = {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: { Stages: [{ Ref: 'ApiGatewayDeployment1' }, 'x'] },
    };
    const template = deployed(framework(1, { Waiting: waiting }));
    assert.deepEqual(template.Waiting?.Properties, { Stages: [{ Ref: deploymentIn(template).id }, 'x'] });
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
    assert.equal(idWith('run', 'monday.zip'), idWith('run', 'tuesday.zip'));
    assert.notEqual(idWith('run', 'monday.zip'), idWith('walk', 'monday.zip'));
  });

  it('leaves the stage to a resource of its own, which refers to it', () => {
    const template = deployed(framework(1));
    const { id, Properties } = deploymentIn(template);
    assert.deepEqual(Properties, { RestApiId: { Ref: 'Api' } });
    assert.deepEqual(template.Stage?.Properties, { DeploymentId: { Ref: id } });
  });

  it('waits for every part of the API, and for nothing else', () => {
    const answers = { Answer: { Type: 'AWS::ApiGateway::GatewayResponse', Properties: {} } };
    const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    assert.deepEqual(deploymentIn(deployed(framework(1, { ...answers, ...table }))).DependsOn, [
      'Answer',
      'Api',
      'Get',
    ]);
  });

  it('changes nothing of a template without an API', () => {
    const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    assert.deepEqual(deployed(table), table);
  });
});
