import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { ManualClock } from '../core/clock.ts';
import { noStateStore } from '../core/state-store.ts';
import { createIam } from './iam.ts';
import { startIamClient } from './iam-client.fixture.ts';

const RoleName = 'by-hand';
const basicExecution = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
const trust = (Service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
  });
const allow = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
const decoded = (document = ''): unknown => JSON.parse(decodeURIComponent(document));

const startClient = (t: TestContext) => startIamClient(t, createIam({ clock: new ManualClock(), state: noStateStore }));

test('a role is made, given policies, changed and deleted by calls', async (t) => {
  const client = await startClient(t);
  const made = await client.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
      Tags: [{ Key: 'team', Value: 'commerce' }],
    }),
  );
  assert.equal(made.Role?.Arn, 'arn:aws:iam::000000000000:role/by-hand');
  await client.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust('pipes.amazonaws.com') }));
  const { Role } = await client.send(new GetRoleCommand({ RoleName }));
  assert.deepEqual(decoded(Role?.AssumeRolePolicyDocument), JSON.parse(trust('pipes.amazonaws.com')));
  assert.deepEqual(Role?.Tags, [{ Key: 'team', Value: 'commerce' }]);

  const own = { RoleName, PolicyName: 'own' };
  await client.send(new PutRolePolicyCommand({ ...own, PolicyDocument: allow('sqs:SendMessage') }));
  const { PolicyDocument } = await client.send(new GetRolePolicyCommand(own));
  assert.deepEqual(decoded(PolicyDocument), JSON.parse(allow('sqs:SendMessage')));
  const managed = { RoleName, PolicyArn: basicExecution };
  await client.send(new AttachRolePolicyCommand(managed));
  await client.send(new AttachRolePolicyCommand(managed));
  const { AttachedPolicies } = await client.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  assert.deepEqual(
    AttachedPolicies?.map(({ PolicyArn }) => PolicyArn),
    [basicExecution],
  );

  await assert.rejects(client.send(new DeleteRoleCommand({ RoleName })), { name: 'DeleteConflictException' });
  await client.send(new DetachRolePolicyCommand(managed));
  await assert.rejects(client.send(new DeleteRoleCommand({ RoleName })), { name: 'DeleteConflictException' });
  await client.send(new DeleteRolePolicyCommand(own));
  await client.send(new DeleteRoleCommand({ RoleName }));
  await assert.rejects(client.send(new GetRoleCommand({ RoleName })), { name: 'NoSuchEntityException' });
});

test('a condition that the endpoint cannot evaluate is refused, unless it is about a service without checks', async (t) => {
  const client = await startClient(t);
  await client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust('lambda.amazonaws.com') }));
  const put = (key: string) => {
    const Statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringEquals: { [key]: 'x' } } };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    return client.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
  };
  for (const service of ['aws', 'dynamodb', 'events', 'lambda', 'logs', 'sns', 'sqs']) {
    await assert.rejects(put(`${service}:Unknown`), { name: 'MalformedPolicyDocumentException' }, service);
  }
  await put('aws:SourceIp');
  await put('s3:prefix');
});

test('what IAM would refuse is refused by name', async (t) => {
  const client = await startClient(t);
  const create = (RoleName: string, AssumeRolePolicyDocument: string) =>
    client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await create(RoleName, trust('lambda.amazonaws.com'));
  await assert.rejects(create(RoleName, trust('lambda.amazonaws.com')), { name: 'EntityAlreadyExistsException' });
  await assert.rejects(create('a b', trust('lambda.amazonaws.com')), { name: 'ValidationError', message: /RoleName/ });
  await assert.rejects(create('other', 'no document'), { name: 'MalformedPolicyDocumentException' });
  await assert.rejects(create('other', allow('sqs:SendMessage')), { name: 'MalformedPolicyDocumentException' });
  const missing = { RoleName, PolicyName: 'missing', PolicyArn: `${basicExecution}2` };
  const none = { name: 'NoSuchEntityException' };
  await assert.rejects(client.send(new DeleteRolePolicyCommand(missing)), none);
  await assert.rejects(client.send(new AttachRolePolicyCommand(missing)), none);
  await assert.rejects(client.send(new DetachRolePolicyCommand(missing)), none);
  await assert.rejects(client.send(new DeleteRoleCommand({ RoleName: 'missing' })), none);
});
