import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  type DeleteStackCommandInput,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
  type UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import { startRig, template } from './cloudformation.fixture.ts';

const StackName = 's';
const TemplateBody = template({ A: {} });
const roleArn = 'arn:aws:iam::000000000000:role/deployment';
const topicArn = 'arn:aws:sns:us-east-1:000000000000:deploys';
const refused = (name: string) => ({
  name: 'ValidationError',
  message: `${name} is not supported by the local endpoint. See the support matrix of local-aws.`,
});
const invalid = (message: string) => ({
  name: 'ValidationError',
  message: `1 validation error detected: Value ${message}`,
});

test('parameters that would change nothing are refused by name', async () => {
  await using rig = await startRig();
  const create = (input: Partial<CreateStackCommandInput>) =>
    rig.client.send(new CreateStackCommand({ StackName: 'other', TemplateBody, ...input }));
  const update = (input: Partial<UpdateStackCommandInput>) =>
    rig.client.send(new UpdateStackCommand({ StackName, TemplateBody: template({ B: {} }), ...input }));
  const plan = (input: Partial<CreateChangeSetCommandInput>) =>
    rig.client.send(new CreateChangeSetCommand({ StackName, ChangeSetName: 'c', TemplateBody, ...input }));
  const policy = '{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}';
  const rollback = { RollbackTriggers: [{ Arn: 'arn:aws:cloudwatch:x', Type: 'AWS::CloudWatch::Alarm' }] };
  const imported = { ResourceType: 'Test::Fake::Thing', LogicalResourceId: 'A', ResourceIdentifier: { Name: 'a' } };
  await rig.client.send(new CreateStackCommand({ StackName, TemplateBody }));
  await rig.cloudFormation.idle();

  await assert.rejects(create({ StackPolicyBody: policy }), refused('StackPolicyBody'));
  await assert.rejects(create({ StackPolicyURL: 'https://s3.amazonaws.com/b/k' }), refused('StackPolicyURL'));
  await assert.rejects(create({ TimeoutInMinutes: 1 }), refused('TimeoutInMinutes'));
  await assert.rejects(create({ RollbackConfiguration: rollback }), refused('RollbackConfiguration'));
  await assert.rejects(create({ ResourceTypes: ['AWS::*'] }), refused('ResourceTypes'));
  await assert.rejects(update({ StackPolicyBody: policy }), refused('StackPolicyBody'));
  await assert.rejects(update({ StackPolicyDuringUpdateBody: policy }), refused('StackPolicyDuringUpdateBody'));
  await assert.rejects(update({ RollbackConfiguration: rollback }), refused('RollbackConfiguration'));
  await assert.rejects(plan({ RollbackConfiguration: rollback }), refused('RollbackConfiguration'));
  await assert.rejects(plan({ ResourcesToImport: [imported] }), refused('ResourcesToImport'));
  await assert.rejects(rig.client.send(new GetTemplateSummaryCommand({ StackSetName: 'x' })), refused('StackSetName'));
  await assert.rejects(rig.client.send(new SetStackPolicyCommand({ StackName, StackPolicyBody: policy })), {
    name: 'UnsupportedOperation',
  });
  assert.deepEqual(
    rig.cloudFormation.stacks().map(({ name, status }) => [name, status]),
    [[StackName, 'CREATE_COMPLETE']],
  );
});

test('members of members are refused by name as well', async () => {
  await using rig = await startRig();
  const Parameters = [{ ParameterKey: 'P', ParameterValue: 'v', ResolvedValue: 'w' }];
  await assert.rejects(
    rig.client.send(new CreateStackCommand({ StackName, TemplateBody, Parameters })),
    invalid(`null at 'parameters.0' failed to satisfy constraint: Unrecognized key: "ResolvedValue"`),
  );
});

test('switches and modes take only the positions that there are', async () => {
  await using rig = await startRig();
  const onlyFalse = 'Member must be false, as the local endpoint supports nothing else';
  await assert.rejects(
    rig.client.send(new CreateStackCommand({ StackName, TemplateBody, RetainExceptOnCreate: true })),
    invalid(`'true' at 'retainExceptOnCreate' failed to satisfy constraint: ${onlyFalse}`),
  );
  const DeletionMode: DeleteStackCommandInput['DeletionMode'] = 'FORCE_DELETE_STACK';
  await assert.rejects(
    rig.client.send(new DeleteStackCommand({ StackName, DeletionMode })),
    invalid(
      `'FORCE_DELETE_STACK' at 'deletionMode' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD]`,
    ),
  );
  const named = { StackName, ChangeSetName: 'c' };
  await rig.client.send(
    new CreateChangeSetCommand({
      ...named,
      ChangeSetType: 'CREATE',
      TemplateBody,
      ImportExistingResources: false,
      IncludeNestedStacks: true,
    }),
  );
  await assert.rejects(
    rig.client.send(new UpdateStackCommand({ StackName, TemplateBody, ...{ DeploymentConfig: { Mode: 'EXPRESS' } } })),
    invalid(
      `null at 'deploymentConfig.Mode' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD]`,
    ),
  );
  await rig.client.send(new ExecuteChangeSetCommand({ ...named, RetainExceptOnCreate: false }));
  await rig.cloudFormation.idle();
  await rig.client.send(new DeleteStackCommand({ StackName, DeletionMode: 'STANDARD' }));
});

test('role and topics are kept, shown, and left as they are by an update without them', async () => {
  await using rig = await startRig();
  const NotificationARNs = [topicArn];
  await rig.client.send(new CreateStackCommand({ StackName, TemplateBody, RoleARN: roleArn, NotificationARNs }));
  await rig.cloudFormation.idle();
  const shown = async () => {
    const { Stacks = [] } = await rig.client.send(new DescribeStacksCommand({ StackName }));
    return [Stacks[0]?.RoleARN, Stacks[0]?.NotificationARNs];
  };
  const update = async (id: string, input: Partial<UpdateStackCommandInput>) => {
    await rig.client.send(new UpdateStackCommand({ StackName, TemplateBody: template({ [id]: {} }), ...input }));
    await rig.cloudFormation.idle();
  };
  assert.deepEqual(await shown(), [roleArn, [topicArn]]);
  await update('B', {});
  assert.deepEqual(await shown(), [roleArn, [topicArn]]);
  await update('C', { NotificationARNs: [] });
  assert.deepEqual(await shown(), [roleArn, []]);
});

test('the token of a call marks the events of its operation', async () => {
  await using rig = await startRig();
  const named = { StackName, ChangeSetName: 'c' };
  await rig.client.send(new CreateStackCommand({ StackName, TemplateBody, ClientRequestToken: 'one' }));
  await rig.cloudFormation.idle();
  const changed = (id: string) => template({ A: {}, [id]: {} });
  await rig.client.send(new UpdateStackCommand({ StackName, TemplateBody: changed('B'), ClientRequestToken: 'two' }));
  await rig.cloudFormation.idle();
  await rig.client.send(new UpdateStackCommand({ StackName, TemplateBody: changed('C') }));
  await rig.cloudFormation.idle();
  await rig.client.send(
    new CreateChangeSetCommand({ ...named, TemplateBody: changed('D'), ClientToken: 'not-of-the-events' }),
  );
  await rig.client.send(new ExecuteChangeSetCommand({ ...named, ClientRequestToken: 'four' }));
  await rig.cloudFormation.idle();
  const { StackEvents = [] } = await rig.client.send(new DescribeStackEventsCommand({ StackName }));
  const tokens = StackEvents.filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_COMPLETE').map(
    ({ LogicalResourceId, ClientRequestToken }) => [LogicalResourceId, ClientRequestToken],
  );
  assert.deepEqual(tokens.toReversed(), [
    ['A', 'one'],
    ['s', 'one'],
    ['B', 'two'],
    ['C', undefined],
    ['D', 'four'],
  ]);
  await assert.rejects(
    rig.client.send(new DeleteStackCommand({ StackName, ClientRequestToken: 'not a token' })),
    invalid(
      `'not a token' at 'clientRequestToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*`,
    ),
  );
});

test('a template that transforms change is shown as it was given only', async () => {
  await using rig = await startRig();
  const plain = 'plain';
  await rig.client.send(new CreateStackCommand({ StackName: plain, TemplateBody }));
  const transformed = template({ A: {} }, { Transform: ['AWS::LanguageExtensions'] });
  await rig.client.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: transformed,
      Capabilities: ['CAPABILITY_AUTO_EXPAND'],
    }),
  );
  const get = async (name: string, TemplateStage: 'Original' | 'Processed') =>
    (await rig.client.send(new GetTemplateCommand({ StackName: name, TemplateStage }))).TemplateBody;
  assert.equal(await get(plain, 'Processed'), TemplateBody);
  assert.equal(await get(StackName, 'Original'), transformed);
  await assert.rejects(get(StackName, 'Processed'), { name: 'ValidationError', message: /TemplateStage Processed/ });
});

test('resources are described by the stack or by an id, not by both', async () => {
  await using rig = await startRig();
  await rig.client.send(new CreateStackCommand({ StackName, TemplateBody }));
  await assert.rejects(rig.client.send(new DescribeStackResourcesCommand({ StackName, PhysicalResourceId: 'x' })), {
    name: 'ValidationError',
  });
});
