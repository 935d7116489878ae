import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { ManualClock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { ResourceContext } from '../core/resource-type.ts';
import { noStateStore } from '../core/state-store.ts';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { evaluate, requestContext } from './evaluate.ts';
import { createIam, type Iam } from './iam.ts';
import { startIamClient } from './iam-client.fixture.ts';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const allow = (Action: string): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});
const context = (logicalId: string): ResourceContext => ({
  stackName: 'demo-local',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/demo-local/1',
  logicalId,
  region: 'us-east-1',
  tags: { STAGE: 'local' },
});
const basicExecution = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

const newIam = (): Iam => createIam({ clock: new ManualClock(), state: noStateStore });

function resource(iam: Iam, type: string) {
  const found = iam.resourceTypes.find((candidate) => candidate.type === type);
  assert.ok(found);
  return found;
}

const mayDo = (iam: Iam, roleArn: string, action: string): boolean =>
  evaluate({ policies: iam.store.policiesOf(roleArn).identity, action, resource: '*', context: requestContext({}) }) ===
  'allow';

test('a role has its ARN with the path, a generated name and its policies', async () => {
  const iam = newIam();
  const { physicalId, attributes } = await resource(iam, 'AWS::IAM::Role').create(
    {
      AssumeRolePolicyDocument: trust,
      Path: '/team/',
      ManagedPolicyArns: [basicExecution],
      Policies: [{ PolicyName: 'own', PolicyDocument: allow('dynamodb:GetItem') }],
    },
    context('IamRoleLambdaExecution'),
  );
  assert.match(physicalId, /^demo-local-IamRoleLambdaExecution-[A-Z0-9]{12}$/);
  const roleArn = `arn:aws:iam::000000000000:role/team/${physicalId}`;
  assert.equal(attributes.Arn, roleArn);
  assert.deepEqual(
    ['dynamodb:GetItem', 'logs:PutLogEvents', 'dynamodb:PutItem'].map((action) => mayDo(iam, roleArn, action)),
    [true, true, false],
  );
});

test('policies of their own reach roles and leave them', async () => {
  const iam = newIam();
  const role = await resource(iam, 'AWS::IAM::Role').create(
    { AssumeRolePolicyDocument: trust, RoleName: 'r' },
    context('R'),
  );
  const roleArn = String(role.attributes.Arn);
  const inline = resource(iam, 'AWS::IAM::Policy');
  const properties = { PolicyName: 'p', PolicyDocument: allow('sqs:SendMessage'), Roles: ['r'] };
  const policy = await inline.create(properties, context('P'));
  const managed = resource(iam, 'AWS::IAM::ManagedPolicy');
  const managedProperties = { PolicyDocument: allow('sns:Publish'), Roles: ['r'] };
  const attached = await managed.create(managedProperties, context('M'));
  assert.ok(mayDo(iam, roleArn, 'sqs:SendMessage') && mayDo(iam, roleArn, 'sns:Publish'));

  await managed.update(
    { ...managedProperties, PolicyDocument: allow('sns:Subscribe') },
    { properties: managedProperties, state: attached },
    context('M'),
  );
  assert.ok(!mayDo(iam, roleArn, 'sns:Publish') && mayDo(iam, roleArn, 'sns:Subscribe'));

  const roleProperties = { AssumeRolePolicyDocument: trust, RoleName: 'r' };
  await resource(iam, 'AWS::IAM::Role').update(
    { ...roleProperties, Description: 'changed' },
    { properties: roleProperties, state: role },
    context('R'),
  );
  assert.ok(mayDo(iam, roleArn, 'sqs:SendMessage'), 'a role keeps the policies that others gave it');

  await inline.delete(policy, properties, context('P'));
  await managed.delete(attached, managedProperties, context('M'));
  assert.ok(!mayDo(iam, roleArn, 'sqs:SendMessage') && !mayDo(iam, roleArn, 'sns:Subscribe'));
});

test('malformed policies and unknown managed policies fail by name before anything is made', async () => {
  const iam = newIam();
  const role = resource(iam, 'AWS::IAM::Role');
  assert.throws(
    () => role.validate({ AssumeRolePolicyDocument: allow('sts:AssumeRole') }, 'R'),
    /AssumeRolePolicyDocument: Missing required field Principal/,
  );
  const ownPolicyArn = 'arn:aws:iam::000000000000:policy/Nope';
  const Condition = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
  const document = { Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition } };
  assert.throws(
    () =>
      role.validate(
        { AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: 'p', PolicyDocument: document }] },
        'R',
      ),
    /condition key aws:multifactorauthpresent is not supported/,
  );
  await assert.rejects(
    role.create({ AssumeRolePolicyDocument: trust, ManagedPolicyArns: [ownPolicyArn] }, context('R')),
    { code: 'NoSuchEntity', message: `Policy ${ownPolicyArn} does not exist or is not attachable.` },
  );
  await assert.rejects(
    role.create(
      { AssumeRolePolicyDocument: trust, ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] },
      context('R'),
    ),
    {
      code: 'NoSuchEntity',
      message: /^The AWS managed policy \S+AmazonS3FullAccess is not supported by the local endpoint/,
    },
  );
  assert.equal(iam.store.roles.length, 0);
});

test('both policies of AWS for writing traces are known', async () => {
  const iam = newIam();
  const role = resource(iam, 'AWS::IAM::Role');
  for (const name of ['AWSXRayDaemonWriteAccess', 'AWSXrayWriteOnlyAccess']) {
    const ManagedPolicyArns = [`arn:aws:iam::aws:policy/${name}`];
    const { attributes } = await role.create({ AssumeRolePolicyDocument: trust, ManagedPolicyArns }, context(name));
    assert.ok(mayDo(iam, String(attributes.Arn), 'xray:PutTraceSegments'), name);
  }
});

test('a role name can be taken once only', async () => {
  const role = resource(newIam(), 'AWS::IAM::Role');
  const properties = { AssumeRolePolicyDocument: trust, RoleName: 'same' };
  await role.create(properties, context('A'));
  await assert.rejects(role.create(properties, context('B')), { code: 'EntityAlreadyExists' });
});

test('the SDK reads roles and policies', async (t) => {
  const iam = newIam();
  await resource(iam, 'AWS::IAM::Role').create(
    {
      AssumeRolePolicyDocument: trust,
      RoleName: 'r',
      ManagedPolicyArns: [basicExecution],
      Policies: [{ PolicyName: 'own', PolicyDocument: allow('dynamodb:GetItem') }],
    },
    context('R'),
  );
  const client = await startIamClient(t, iam);
  const { Role } = await client.send(new GetRoleCommand({ RoleName: 'r' }));
  assert.deepEqual(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')), trust);
  assert.deepEqual(Role?.Tags, [{ Key: 'STAGE', Value: 'local' }]);
  assert.equal((await client.send(new ListRolesCommand({}))).Roles?.length, 1);
  assert.deepEqual((await client.send(new ListRolePoliciesCommand({ RoleName: 'r' }))).PolicyNames, ['own']);
  const own = await client.send(new GetRolePolicyCommand({ RoleName: 'r', PolicyName: 'own' }));
  assert.deepEqual(JSON.parse(decodeURIComponent(own.PolicyDocument ?? '')), allow('dynamodb:GetItem'));
  const { AttachedPolicies } = await client.send(new ListAttachedRolePoliciesCommand({ RoleName: 'r' }));
  assert.deepEqual(AttachedPolicies, [{ PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: basicExecution }]);
  const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: basicExecution }));
  assert.equal(Policy?.AttachmentCount, 1);
  const version = { PolicyArn: basicExecution, VersionId: Policy?.DefaultVersionId };
  assert.match((await client.send(new GetPolicyVersionCommand(version))).PolicyVersion?.Document ?? '', /PutLogEvents/);
  await assert.rejects(client.send(new GetRoleCommand({ RoleName: 'nobody' })), {
    name: 'NoSuchEntityException',
    message: 'The role with name nobody cannot be found.',
  });
});

test('roles survive a restart', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'iam-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const state = openStateStore(directory);
  const before = createIam({ clock: new ManualClock(), state });
  await resource(before, 'AWS::IAM::Role').create({ AssumeRolePolicyDocument: trust, RoleName: 'r' }, context('R'));
  await state.close();
  const after = createIam({ clock: new ManualClock(), state: openStateStore(directory) });
  assert.deepEqual(after.store.role('r'), JSON.parse(JSON.stringify(before.store.role('r'))));
});
