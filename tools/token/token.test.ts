import { createServer } from 'node:http';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { type Endpoint, startEndpoint } from 'local-aws';
import { awsConfig } from '#test/support/aws-config.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';

const root = join(import.meta.dirname, '..', '..');

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
  beforeAll(async () => {
    endpoint = await startEndpoint({
      port: 0,
      persist: undefined,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
  });
  afterAll(() => endpoint.close());

  const run = (args: readonly string[], url = endpoint.url): Promise<Finished> =>
    runCommand(process.execPath, [join(root, 'tools', 'token', 'token.ts'), '--endpoint-url', url, ...args], {
      cwd: root,
      env: process.env,
    });

  it('prints a token of the endpoint’s issuer and nothing else', async () => {
    const args = ['--sub', 'alice', '--scopes', 'tasks/read,tasks/write', '--claim', 'groups=["a"]', '--claim', 'n=x'];
    const { exitCode, output } = await run(args);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/^\S+\n$/);
    const issuer = `${endpoint.url}/_local/oidc`;
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks.json`));
    const { payload } = await jwtVerify(output.trim(), keys, { issuer, audience: 'serverless-microservices' });
    expect([payload.sub, payload.scope, payload.groups, payload.n]).toStrictEqual([
      'alice',
      'tasks/read tasks/write',
      ['a'],
      'x',
    ]);
  });

  it('takes the audience and the lifetime', async () => {
    const { output } = await run(['--sub', 'a', '--audience', 'other', '--expires-in=-60']);
    const { aud, exp = 0, iat = 0 } = decodeJwt(output.trim());
    expect([aud, exp - iat]).toStrictEqual(['other', -60]);
  });

  it('issues for the user pool of a stack where there is one', async () => {
    const client = new CloudFormationClient(awsConfig(endpoint.url));
    const StackName = 'platform-local';
    await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(pool) }));
    await waitUntilStackCreateComplete({ client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.1 }, { StackName });

    const { exitCode, output } = await run(['--sub', 'alice', '--scopes', 'tasks/read']);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const { iss = '', aud, token_use, client_id, username } = decodeJwt(output.trim());
    expect(iss).toMatch(/^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/us-east-1_[A-Za-z0-9]{9}$/);
    expect([aud, token_use, username]).toStrictEqual([undefined, 'access', 'alice']);
    expect(String(client_id)).toMatch(/^[a-z0-9]{26}$/);
    const keys = createRemoteJWKSet(new URL(`${endpoint.url}/${iss.split('/').at(-1)}/.well-known/jwks.json`));
    await jwtVerify(output.trim(), keys, { issuer: iss });

    const ofIssuer = await run(['--sub', 'alice', '--pool', 'none']);
    expect(decodeJwt(ofIssuer.output.trim()).iss).toBe(`${endpoint.url}/_local/oidc`);
    const refused = await run(['--sub', 'alice', '--scopes', 'tasks/all']);
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toMatch(/user pool us-east-1_\w+ has no scope tasks\/all/);
  });

  it('says what to do when no endpoint runs, or something else answers', async () => {
    const nobody = await run(['--sub', 'alice'], 'http://127.0.0.1:1');
    expect(nobody.exitCode).toBe(1);
    expect(nobody.output).toMatch(
      /^No endpoint answers at http:\/\/127\.0\.0\.1:1\. Start it first: npm start -- --port 1\n/,
    );

    const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { output } = await run(['--sub', 'a'], `http://127.0.0.1:${port}`);
    other.close();
    expect(output).toMatch(/is not the endpoint of this project/);
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
      expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
      expect(output).toMatch(message);
    }
    expect((await run(['--help'])).output).toMatch(/npm run -s token/);
  });
});
