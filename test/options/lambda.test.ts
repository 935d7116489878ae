import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { type TestEndpoint, useEndpoint } from 'local-aws/testing';
import { deployServices } from '#test/support/deploy-services.ts';
import { type Clients, clientsOf, services, statusesOf } from './two-services.fixture.ts';

const authorizerFunctionArn = 'arn:aws:lambda:us-east-1:000000000000:function:mine';

describe('with the parameter auth at lambda', () => {
  const stage = useEndpoint({
    url: false,
    async deploy(endpoint) {
      await createAuthorizer(endpoint);
      await deployServices(services, { auth: 'lambda', authorizerFunctionArn })(endpoint);
    },
  });
  let clients: Clients;
  beforeAll(async () => {
    clients = await clientsOf(stage.url);
  });

  it('a function of one’s own says who may call both kinds of API', async () => {
    expect(await statusesOf(clients, {})).toStrictEqual([401, 401]);
    expect(await statusesOf(clients, { authorization: 'alice' })).toStrictEqual([200, 200]);
    expect(await statusesOf(clients, { authorization: 'bob' })).toStrictEqual([200, 403]);
    expect(await statusesOf(clients, { authorization: 'nobody' })).toStrictEqual([403, 403]);
  });
});

/** An authorizer that believes everybody, as long as the name is alice or bob. */
async function createAuthorizer(endpoint: TestEndpoint): Promise<void> {
  const code = `exports.handler = async ({ headers, methodArn }) => {
    const sub = headers.authorization ?? headers.Authorization;
    const Effect = ['alice', 'bob'].includes(sub) ? 'Allow' : 'Deny';
    const Resource = methodArn.split('/').slice(0, 2).join('/') + '/*';
    const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource }];
    return { principalId: sub, policyDocument: { Version: '2012-10-17', Statement }, context: { sub } };
  };`;
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const { Role } = await endpoint.client(IAMClient).send(
    new CreateRoleCommand({
      RoleName: 'mine',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  await endpoint.client(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: 'mine',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: Role?.Arn,
      Code: { ZipFile: zipSync({ 'index.js': strToU8(code) }) },
    }),
  );
}
