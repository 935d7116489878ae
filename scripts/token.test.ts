import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { type Endpoint, startEndpoint } from '#local/endpoint.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const pool = {
  Resources: {
    Pool: { Type: 'AWS::Cognito::UserPool', Properties: { UserPoolName: 'people' } },
    Scopes: {
      Type: 'AWS::Cognito::UserPoolResourceServer',
      Properties: {
        UserPoolId: { Ref: 'Pool' },
        Identifier: 'tasks',
        Name: 'tasks',
        Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read' }],
      },
    },
    Client: {
      Type: 'AWS::Cognito::UserPoolClient',
      DependsOn: 'Scopes',
      Properties: {
        UserPoolId: { Ref: 'Pool' },
        ClientName: 'web',
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['tasks/read'],
      },
    },
  },
};

describe('npm run token', () => {
  let endpoint: Endpoint;
  before(async () => {
    endpoint = await startEndpoint({ port: 0, persist: undefined, onError: (error) => assert.fail(String(error)) });
  });
  after(() => endpoint.close());

  const run = (args: readonly string[], url = endpoint.url): Promise<Finished> =>
    runCommand(process.execPath, [join(root, 'scripts', 'token.ts'), '--endpoint-url', url, ...args], {
      cwd: root,
      env: process.env,
    });

  it('prints a token of the endpoint’s issuer and nothing else', async () => {
    const args = ['--sub', 'alice', '--scopes', 'tasks/read,tasks/write', '--claim', 'groups=["a"]', '--claim', 'n=x'];
    const { exitCode, output } = await run(args);
    assert.equal(exitCode, 0, output);
    assert.match(output, /^\S+\n$/);
    const issuer = `${endpoint.url}/_local/oidc`;
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks.json`));
    const { payload } = await jwtVerify(output.trim(), keys, { issuer, audience: 'serverless-microservices' });
    assert.deepEqual(
      [payload.sub, payload.scope, payload.groups, payload.n],
      ['alice', 'tasks/read tasks/write', ['a'], 'x'],
    );
  });

  it('takes the audience and the lifetime', async () => {
    const { output } = await run(['--sub', 'a', '--audience', 'other', '--expires-in=-60']);
    const { aud, exp = 0, iat = 0 } = decodeJwt(output.trim());
    assert.deepEqual([aud, exp - iat], ['other', -60]);
  });

  it('issues for the user pool of a stack where there is one', async () => {
    const client = new CloudFormationClient(awsConfig(endpoint.url));
    const StackName = 'platform-local';
    await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(pool) }));
    await waitUntilStackCreateComplete({ client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.1 }, { StackName });

    const { exitCode, output } = await run(['--sub', 'alice', '--scopes', 'tasks/read']);
    assert.equal(exitCode, 0, output);
    const { iss = '', aud, token_use, client_id, username } = decodeJwt(output.trim());
    assert.match(iss, /^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/us-east-1_[A-Za-z0-9]{9}$/);
    assert.deepEqual([aud, token_use, username], [undefined, 'access', 'alice']);
    assert.match(String(client_id), /^[a-z0-9]{26}$/);
    const keys = createRemoteJWKSet(new URL(`${endpoint.url}/${iss.split('/').at(-1)}/.well-known/jwks.json`));
    await jwtVerify(output.trim(), keys, { issuer: iss });

    const ofIssuer = await run(['--sub', 'alice', '--pool', 'none']);
    assert.equal(decodeJwt(ofIssuer.output.trim()).iss, `${endpoint.url}/_local/oidc`);
    const refused = await run(['--sub', 'alice', '--scopes', 'tasks/all']);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.output, /user pool us-east-1_\w+ has no scope tasks\/all/);
  });

  it('says what to do when no endpoint runs, or something else answers', async (t) => {
    const nobody = await run(['--sub', 'alice'], 'http://127.0.0.1:1');
    assert.equal(nobody.exitCode, 1);
    assert.match(nobody.output, /^No endpoint answers at http:\/\/127\.0\.0\.1:1\. Start it first: npm start\n/);

    const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    t.after(() => other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    assert.match((await run(['--sub', 'a'], `http://127.0.0.1:${port}`)).output, /is not the endpoint of this project/);
  });

  it('explains mistakes', async () => {
    for (const [args, message] of [
      [[], /--sub is missing/],
      [['--sub', 'a', '--expires-in', 'soon'], /--expires-in takes a number/],
      [['--sub', 'a', '--claim', 'x'], /--claim takes name=value/],
      [['--sub', 'a', '--pool', 'us-east-1_none'], /there is no user pool us-east-1_none/],
      [['--sob', 'a'], /--sob/],
    ] as const) {
      const { exitCode, output } = await run(args);
      assert.equal(exitCode, 1);
      assert.match(output, message);
    }
    assert.match((await run(['--help'])).output, /npm run -s token/);
  });
});
