import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Topology } from '../console/api-types.ts';
import { until } from '../testing/until.ts';
import { ProviderRig } from './custom-resources.fixture.ts';

const role = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'logs',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }],
        },
      },
    ],
  },
};

/** A stack whose custom resource is made by a function with this code. */
function backedBy(source: string, Runtime = 'nodejs24.x', ServiceTimeout = 3600): object {
  return {
    Resources: {
      Role: role,
      Provider: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime,
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Handler: 'index.handler',
          Code: { ZipFile: source },
        },
      },
      Thing: {
        Type: 'Custom::Thing',
        Properties: { ServiceToken: { 'Fn::GetAtt': ['Provider', 'Arn'] }, ServiceTimeout, Size: 2 },
      },
    },
    Outputs: { Answer: { Value: { 'Fn::GetAtt': ['Thing', 'Answer'] } } },
  };
}

const bodyOf = `
const bodyOf = ({ StackId, RequestId, LogicalResourceId, RequestType, ResourceProperties }) => JSON.stringify({
  Status: 'SUCCESS', PhysicalResourceId: 'thing', StackId, RequestId, LogicalResourceId,
  Data: { Answer: RequestType + ' ' + ResourceProperties.Size },
});`;

const providers: Readonly<Record<string, readonly [source: string, runtime?: string]>> = {
  'the module cfn-response': [
    `const response = require('cfn-response');
     exports.handler = async (event, context) => {
       await response.send(event, context, response.SUCCESS, { Answer: event.RequestType + ' ' + event.ResourceProperties.Size });
     };`,
  ],
  'the module cfn-response in a handler with a callback': [
    `const response = require('cfn-response');
     exports.handler = (event, context, callback) => {
       response.send(event, context, response.SUCCESS, { Answer: event.RequestType + ' ' + event.ResourceProperties.Size });
     };`,
    'nodejs22.x',
  ],
  'https at port 443': [
    `${bodyOf}
     const https = require('https');
     const url = require('url');
     exports.handler = (event) => new Promise((resolve, reject) => {
       const { hostname, path } = url.parse(event.ResponseURL);
       const body = bodyOf(event);
       const headers = { 'content-type': '', 'content-length': body.length };
       const request = https.request({ hostname, port: 443, path, method: 'PUT', headers }, () => resolve());
       request.on('error', reject);
       request.end(body);
     });`,
  ],
  'a named import of https in an ES module': [
    `import { request } from 'node:https';
     ${bodyOf}
     export const handler = (event) => new Promise((resolve, reject) => {
       const { hostname, pathname: path } = new URL(event.ResponseURL);
       request({ hostname, path, method: 'PUT' }, () => resolve()).on('error', reject).end(bodyOf(event));
     });`,
  ],
  fetch: [
    `${bodyOf}
     exports.handler = async (event) => {
       await fetch(event.ResponseURL, { method: 'PUT', body: bodyOf(event) });
     };`,
  ],
};

describe('the function behind a custom resource', () => {
  let rig: ProviderRig;
  before(async () => {
    rig = await ProviderRig.start();
  });
  after(() => rig[Symbol.asyncDispose]());

  for (const [means, [source, runtime]] of Object.entries(providers)) {
    it(`answers with ${means}`, async () => {
      const name = means.replaceAll(/\W/g, '-');
      await rig.create(name, backedBy(source, runtime));
      await rig.end(name, 'CREATE_COMPLETE');
      assert.deepEqual(await rig.outputs(name), { Answer: 'Create 2' });
      await rig.delete(name);
      await until('the deletion', () =>
        rig.status(name).then(
          () => false,
          () => true,
        ),
      );
    });
  }

  it('is behind the custom resource in the topology of the console', async () => {
    const [source] = providers.fetch ?? [''];
    await rig.create('shown', backedBy(source));
    await rig.end('shown', 'CREATE_COMPLETE');
    const answer = await fetch(`${rig.endpoint.url}/_local/api/topology`);
    const topology: Topology = JSON.parse(await answer.text());
    const node = topology.nodes.find(({ kind, stack }) => kind === 'custom-resource' && stack === 'shown');
    const { functionArn } = rig.endpoint.functions('shown')[0] ?? {};
    assert.deepEqual(node?.details, { type: 'Custom::Thing', provider: functionArn });
    const edges = topology.edges.filter(({ from }) => from === node?.id);
    assert.deepEqual(
      edges.map(({ to, kind }) => ({ to, kind })),
      [{ to: functionArn, kind: 'invokes' }],
    );
  });

  it('runs again when it throws, as every asynchronous invocation', async () => {
    const source = `${bodyOf}
      const { existsSync, rmSync, writeFileSync } = require('node:fs');
      exports.handler = async (event) => {
        const marker = require('node:os').tmpdir() + '/' + event.RequestId;
        if (!existsSync(marker)) {
          writeFileSync(marker, '');
          throw new Error('not yet');
        }
        rmSync(marker);
        await fetch(event.ResponseURL, { method: 'PUT', body: bodyOf(event) });
      };`;
    await rig.create('retried', backedBy(source));
    await until('the pause before the next attempt', async () => {
      const idle = await fetch(`${rig.endpoint.url}/_local/api/idle`);
      return (await idle.text()).includes('1 attempt made, next attempt in');
    });
    await rig.clock.advance(60_000);
    await rig.end('retried', 'CREATE_COMPLETE');
  });
});
