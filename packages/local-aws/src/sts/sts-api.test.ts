import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';

describe('the STS API', () => {
  let edge: InProcessServices;
  let client: STSClient;
  before(async () => {
    edge = await startInProcessServices();
    client = new STSClient(edge.clientConfig);
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  it('takes unknown keys for the account itself', async () => {
    const { Account, Arn, UserId } = await client.send(new GetCallerIdentityCommand());
    assert.deepEqual([Account, Arn, UserId], ['000000000000', 'arn:aws:iam::000000000000:root', '000000000000']);
  });

  it('hands out credentials that act as the role', async () => {
    const RoleArn = 'arn:aws:iam::000000000000:role/deployer';
    const { Credentials, AssumedRoleUser } = await client.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'ci', DurationSeconds: 900 }),
    );
    assert.equal(AssumedRoleUser?.Arn, 'arn:aws:sts::000000000000:assumed-role/deployer/ci');
    assert.ok(Credentials?.Expiration !== undefined && Credentials.Expiration.getTime() > Date.now());
    const assumed = new STSClient({
      ...edge.clientConfig,
      credentials: {
        accessKeyId: Credentials.AccessKeyId ?? '',
        secretAccessKey: Credentials.SecretAccessKey ?? '',
        sessionToken: Credentials.SessionToken ?? '',
      },
    });
    const { Arn } = await assumed.send(new GetCallerIdentityCommand());
    assert.equal(Arn, 'arn:aws:sts::000000000000:assumed-role/deployer/ci');
    assumed.destroy();
  });

  it('refuses a role or a session that cannot be', async () => {
    for (const input of [
      { RoleArn: 'arn:aws:iam::000000000000:user/me', RoleSessionName: 'ci' },
      { RoleArn: 'arn:aws:iam::000000000000:role/deployer', RoleSessionName: 'a b' },
      { RoleArn: 'arn:aws:iam::000000000000:role/deployer', RoleSessionName: 'ci', DurationSeconds: 1 },
    ]) {
      await assert.rejects(client.send(new AssumeRoleCommand(input)), { name: 'ValidationError' });
    }
  });
});
