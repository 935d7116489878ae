import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import type { JsonObject } from '../core/json.ts';
import { startDeployed } from '../iam/enforcement.fixture.ts';

const deployed = await startDeployed();
const sts = new STSClient(deployed.config);
after(async () => {
  sts.destroy();
  await deployed.close();
});

const roleArn = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
const account = { AWS: '000000000000' };

/** A role that `trust` says who may take, allowed to do `actions` anywhere. */
function role(RoleName: string, trust: readonly JsonObject[], actions: readonly string[] = []): JsonObject {
  const Statement = trust.map((statement) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }));
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: [...actions], Resource: '*' }] };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement },
      ...(actions.length > 0 && { Policies: [{ PolicyName: 'p', PolicyDocument: policy }] }),
    },
  };
}

await deployed.deploy('roles', {
  Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/version', Type: 'String', Value: '32' } },
  Deploy: role(
    'deploy',
    [{ Principal: account }, { Principal: account, Action: 'sts:TagSession' }],
    ['ssm:GetParameter'],
  ),
  Untagged: role('untagged', [{ Principal: account }]),
  External: role('external', [{ Principal: account, Condition: { StringEquals: { 'sts:ExternalId': 'shared' } } }]),
  Service: role('service', [{ Principal: { Service: 'lambda.amazonaws.com' } }]),
  Hop: role('hop', [{ Principal: account }], ['sts:AssumeRole']),
  Stranger: role('stranger', [{ Principal: account }]),
  Named: role('named', [{ Principal: { AWS: roleArn('stranger') } }]),
  Denied: role('denied', [{ Principal: account }, { Effect: 'Deny', Principal: { AWS: roleArn('hop') } }]),
});

function assume(name: string, input: Partial<AssumeRoleCommandInput> = {}, client = sts) {
  return client.send(new AssumeRoleCommand({ RoleArn: roleArn(name), RoleSessionName: 'session', ...input }));
}

/** Runs `use` with a client of STS that acts as a role. */
async function as<T>(name: string, use: (client: STSClient) => Promise<T>): Promise<T> {
  const { Credentials } = await assume(name);
  const client = new STSClient({ ...deployed.config, credentials: credentialsOf(Credentials) });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

function credentialsOf(from: Awaited<ReturnType<typeof assume>>['Credentials']) {
  return {
    accessKeyId: from?.AccessKeyId ?? '',
    secretAccessKey: from?.SecretAccessKey ?? '',
    sessionToken: from?.SessionToken ?? '',
  };
}

const refused = (action: string, name: string, user = 'arn:aws:iam::000000000000:root') => ({
  name: 'AccessDenied',
  message: `User: ${user} is not authorized to perform: ${action} on resource: ${roleArn(name)}`,
});

describe('AssumeRole', () => {
  it('gives credentials that may do what the role may do', async () => {
    const { Credentials } = await assume('deploy');
    const ssm = new SSMClient({ ...deployed.config, credentials: credentialsOf(Credentials) });
    assert.equal((await ssm.send(new GetParameterCommand({ Name: '/version' }))).Parameter?.Value, '32');
    ssm.destroy();
  });

  it('is refused for a role that is not there, or does not trust the account', async () => {
    await assert.rejects(assume('missing'), refused('sts:AssumeRole', 'missing'));
    await assert.rejects(assume('service'), refused('sts:AssumeRole', 'service'));
  });

  it('takes session tags if the role trusts the account to tag sessions', async () => {
    const tagged = { Tags: [{ Key: 'team', Value: 'shop' }], TransitiveTagKeys: ['team'] };
    await assume('deploy', tagged);
    await assert.rejects(assume('untagged', tagged), refused('sts:TagSession', 'untagged'));
    await assert.rejects(assume('deploy', { SourceIdentity: 'me' }), refused('sts:SetSourceIdentity', 'deploy'));
  });

  it('compares the external id that the role asks for', async () => {
    await assume('external', { ExternalId: 'shared' });
    await assert.rejects(assume('external', { ExternalId: 'other' }), refused('sts:AssumeRole', 'external'));
    await assert.rejects(assume('external'), refused('sts:AssumeRole', 'external'));
  });

  it('takes permissions of the asking role where the other role trusts only the account', async () => {
    await as('hop', (client) => assume('untagged', {}, client));
    const stranger = 'arn:aws:sts::000000000000:assumed-role/stranger/session';
    await assert.rejects(
      as('stranger', (client) => assume('untagged', {}, client)),
      refused('sts:AssumeRole', 'untagged', stranger),
    );
    await as('stranger', (client) => assume('named', {}, client));
  });

  it('is refused by a deny of the trust policy whatever the asking role may do', async () => {
    const hop = 'arn:aws:sts::000000000000:assumed-role/hop/session';
    await assert.rejects(
      as('hop', (client) => assume('denied', {}, client)),
      refused('sts:AssumeRole', 'denied', hop),
    );
  });

  it('refuses by name what it has no effect for', async () => {
    const Policy = '{"Version":"2012-10-17","Statement":[]}';
    await assert.rejects(assume('deploy', { Policy }), {
      name: 'ValidationError',
      message: 'Policy is not supported by the local endpoint. See the support matrix of local-aws.',
    });
  });
});
