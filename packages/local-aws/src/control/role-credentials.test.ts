import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startEndpoint } from '../endpoint.ts';

const trustsLambda = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

test('a function that runs outside gets the credentials of its role, which trusts Lambda only', async () => {
  await using endpoint = await startEndpoint();
  const iam = new IAMClient(endpoint.clientConfig);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'of-a-function', AssumeRolePolicyDocument: trustsLambda }),
  );
  const ask = (input: object) =>
    fetch(`${endpoint.url}/_local/api/role-credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
  const answer = await ask({ roleArn: Role?.Arn, sessionName: 'here' });
  const credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string } = JSON.parse(
    await answer.text(),
  );
  const sts = new STSClient({ ...endpoint.clientConfig, credentials });
  const { Arn } = await sts.send(new GetCallerIdentityCommand());
  assert.equal(Arn, 'arn:aws:sts::000000000000:assumed-role/of-a-function/here');

  const owner = new STSClient(endpoint.clientConfig);
  await assert.rejects(owner.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'here' })), {
    name: 'AccessDenied',
  });
  assert.equal((await ask({ roleArn: `${Role?.Arn}-not`, sessionName: 'here' })).status, 404);
  assert.equal((await ask({ roleArn: Role?.Arn, sessionName: 'not a name' })).status, 400);
  for (const client of [iam, sts, owner]) client.destroy();
});
