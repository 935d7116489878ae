import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { deployUrls, roleOf } from '../urls/urls.fixture.ts';

const layer = 'arn:aws:lambda:us-east-1:177933569100:layer:AWS-Parameters-and-Secrets-Lambda-Extension:18';

/** Fetches each path from the extension, and by the module `http` as well. */
const code = `const http = require('node:http');
  exports.handler = async ({ paths, token = process.env.AWS_SESSION_TOKEN }) => {
    const headers = { 'X-Aws-Parameters-Secrets-Token': token };
    const answers = [];
    for (const path of paths) {
      const response = await fetch('http://localhost:2773' + path, { headers });
      answers.push({ status: response.status, body: await response.text() });
    }
    const status = await new Promise((resolve, reject) =>
      http.get({ host: 'localhost', port: 2773, path: paths[0], headers }, (answer) => resolve(answer.statusCode)).on('error', reject));
    return { answers, status };
  };`;

async function start(t: TestContext, variables: Readonly<Record<string, string>> = {}) {
  const { clientConfig } = await deployUrls(
    t,
    {},
    {
      ReaderRole: roleOf('reader', 'lambda.amazonaws.com', [
        {
          Effect: 'Allow',
          Action: 'ssm:GetParameter',
          Resource: 'arn:aws:ssm:us-east-1:000000000000:parameter/shop/*',
        },
        { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
      ]),
      Reader: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'reader',
          Role: { 'Fn::GetAtt': 'ReaderRole.Arn' },
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Timeout: 10,
          Code: { ZipFile: code },
          Layers: [layer],
          Environment: { Variables: variables },
        },
      },
    },
  );
  const [lambda, ssm, secrets] = [
    new LambdaClient(clientConfig),
    new SSMClient(clientConfig),
    new SecretsManagerClient(clientConfig),
  ];
  t.after(() => {
    for (const client of [lambda, ssm, secrets]) client.destroy();
  });
  const put = (Name: string, Value: string) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  await put('/shop/currency', 'EUR');
  await put('/other/currency', 'USD');
  await secrets.send(new CreateSecretCommand({ Name: 'key', SecretString: 'hidden' }));
  return {
    put,
    async read(paths: readonly string[], token?: string) {
      const Payload = JSON.stringify({ paths, token });
      const answer = await lambda.send(new InvokeCommand({ FunctionName: 'reader', Payload }));
      const result = JSON.parse(answer.Payload?.transformToString() ?? 'null');
      assert.equal(answer.FunctionError, undefined, JSON.stringify(result));
      return result;
    },
  };
}

describe('a function with the layer of the Parameters and Secrets extension', () => {
  const parameter = `/systemsmanager/parameters/get?name=${encodeURIComponent('/shop/currency')}`;

  it('gets parameters and secrets at port 2773, as far as its role may', async (t) => {
    const { read } = await start(t);
    const other = parameter.replace('shop', 'other');
    const { answers, status } = await read([parameter, '/secretsmanager/get?secretId=key', other, '/elsewhere']);
    const [found, secret, denied, unknown] = answers;
    assert.deepEqual([found.status, secret.status, denied.status, unknown.status, status], [200, 200, 400, 404, 200]);
    const { Parameter, ResultMetadata } = JSON.parse(found.body);
    assert.deepEqual(
      [Parameter.Name, Parameter.Value, Parameter.Version, ResultMetadata],
      ['/shop/currency', 'EUR', 1, {}],
    );
    assert.match(Parameter.LastModifiedDate, /^\d{4}-\d\d-\d\dT/);
    assert.equal(JSON.parse(secret.body).SecretString, 'hidden');
    assert.match(denied.body, /AccessDenied/);
  });

  it('keeps values, for as long as its variables say', async (t) => {
    const { read, put } = await start(t);
    await read([parameter]);
    await put('/shop/currency', 'GBP');
    const { answers } = await read([parameter, `${parameter}&version=2`]);
    assert.deepEqual(
      answers.map(({ body }: { body: string }) => JSON.parse(body).Parameter.Value),
      ['EUR', 'GBP'],
    );
    const fresh = await start(t, { SSM_PARAMETER_STORE_TTL: '0' });
    await fresh.read([parameter]);
    await fresh.put('/shop/currency', 'GBP');
    const [answer] = (await fresh.read([parameter])).answers;
    assert.equal(JSON.parse(answer.body).Parameter.Value, 'GBP');
  });

  it('is refused without the token of its session', async (t) => {
    const { read } = await start(t);
    const { answers, status } = await read([parameter], 'wrong');
    assert.deepEqual([answers[0].status, status], [401, 401]);
  });
});
