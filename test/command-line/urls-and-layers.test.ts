import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionCommand, LambdaClient, ListLayerVersionsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

describe('function URLs and layers of the Serverless Framework', () => {
  let endpoint: Endpoint;
  let project: FixtureProject;
  let lambda: LambdaClient;
  let cloudFormation: CloudFormationClient;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyFixture('urls-and-layers');
    lambda = new LambdaClient(awsConfig(endpoint.url));
    cloudFormation = new CloudFormationClient(awsConfig(endpoint.url));
    const { exitCode, output } = await sls('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    lambda.destroy();
    cloudFormation.destroy();
    project[Symbol.dispose]();
    await endpoint.close();
  });

  function sls(...args: string[]): Promise<Finished> {
    return runCommand('sls', [...args, '--stage', 'local'], {
      cwd: project.folder,
      env: localEnvironment(root, endpoint.port, process.env),
    });
  }

  async function urlOf(name: string): Promise<string> {
    const stack = { StackName: 'urls-and-layers-local' };
    const { Stacks: [{ Outputs = [] } = {}] = [] } = await cloudFormation.send(new DescribeStacksCommand(stack));
    return Outputs.find(({ OutputKey }) => OutputKey === `${name}LambdaFunctionUrl`)?.OutputValue ?? '';
  }

  it('let a function use a package and a file of a layer', async () => {
    const response = await fetch(`${await urlOf('Open')}Ada`);
    expect([response.status, await response.text()]).toEqual([200, 'Hello, Ada!']);
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'urls-and-layers-local-open' }));
    const { LayerVersions } = await lambda.send(new ListLayerVersionsCommand({ LayerName: 'greetings-local' }));
    expect(LayerVersions).toMatchObject([{ Version: 1, Description: 'A package and a file' }]);
    expect(Configuration?.Layers?.map(({ Arn }) => Arn)).toEqual([LayerVersions?.[0]?.LayerVersionArn]);
  });

  it('answer preflights by `cors`, and let in signed requests only with `aws_iam`', async () => {
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'GET' };
    const preflight = await fetch(await urlOf('Open'), { method: 'OPTIONS', headers });
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-name');
    expect((await fetch(await urlOf('Closed'))).status).toBe(403);
    const scope = 'test/20260101/us-east-1/lambda/aws4_request';
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    const signed = await fetch(await urlOf('Closed'), { headers: { authorization, 'x-name': 'Bob' } });
    expect(await signed.text()).toBe('Hello, Bob!');
  });

  it('stream with `invokeMode: RESPONSE_STREAM`', async () => {
    const response = await fetch(await urlOf('Streamed'));
    expect([response.status, await response.text()]).toEqual([202, 'one two']);
  });

  it('are among the APIs of the endpoint, and shown by `sls info`', async () => {
    const url = await urlOf('Streamed');
    expect(endpoint.apis()).toContainEqual(
      expect.objectContaining({ kind: 'URL', logicalId: 'StreamedLambdaFunctionUrl', url: url.slice(0, -1) }),
    );
    const named = await fetch(`${endpoint.url}/_api/urls-and-layers.OpenLambdaFunctionUrl/Eve`);
    expect(await named.text()).toBe('Hello, Eve!');
    const { output } = await sls('info');
    expect(output).toContain(url);
  });

  it('keep their addresses when a layer changes, of which functions then have the next version', async () => {
    const before = await urlOf('Open');
    project.edit('layer/data/ending.txt', '!', '?');
    const { exitCode, output } = await sls('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(await urlOf('Open')).toBe(before);
    expect(await (await fetch(`${before}Ada`)).text()).toBe('Hello, Ada?');
    const { LayerVersions } = await lambda.send(new ListLayerVersionsCommand({ LayerName: 'greetings-local' }));
    expect(LayerVersions?.map(({ Version }) => Version)).toEqual([2]);
  });

  it('go with their stack', async () => {
    const url = await urlOf('Open');
    const { exitCode, output } = await sls('remove');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(await (await fetch(url)).text()).toBe('{"Message":null}');
  });
});
