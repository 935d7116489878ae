import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { type Rig, startRig, template } from './cloudformation.fixture.ts';

const named = { StackName: 's', ChangeSetName: 'c' };

async function createAndExecute(rig: Rig, input: Partial<CreateChangeSetCommandInput>): Promise<void> {
  await rig.client.send(new CreateChangeSetCommand({ ...named, ...input }));
  await rig.client.send(new ExecuteChangeSetCommand(named));
  await rig.cloudFormation.idle();
}

test('the first deploy of the CLI works call by call', async () => {
  await using rig = await startRig();
  await assert.rejects(rig.status('s'), { name: 'ValidationError', message: 'Stack with id s does not exist' });
  const bucketOnly = template({ Bucket: {} });
  const { Id = '' } = await rig.client.send(
    new CreateChangeSetCommand({ ...named, ChangeSetType: 'CREATE', TemplateBody: bucketOnly }),
  );
  assert.match(Id, /^arn:aws:cloudformation:us-east-1:000000000000:changeSet\/c\//);
  assert.equal(await rig.status('s'), 'REVIEW_IN_PROGRESS');
  const described = await rig.client.send(new DescribeChangeSetCommand(named));
  assert.equal(described.Status, 'CREATE_COMPLETE');
  assert.equal(described.ExecutionStatus, 'AVAILABLE');
  assert.deepEqual(
    described.Changes?.map(({ ResourceChange }) => [ResourceChange?.Action, ResourceChange?.LogicalResourceId]),
    [['Add', 'Bucket']],
  );
  await rig.client.send(new ExecuteChangeSetCommand(named));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'CREATE_COMPLETE');

  await rig.client.send(new DeleteChangeSetCommand(named));
  await rig.client.send(new DeleteChangeSetCommand(named));
  rig.objects.set('deployments/serverless/s/template.json', template({ Bucket: {}, Function: {} }));
  const TemplateURL = 'http://localhost:4566/deployments/serverless/s/template.json';
  await createAndExecute(rig, { TemplateURL });
  assert.equal(await rig.status('s'), 'UPDATE_COMPLETE');
  assert.deepEqual(
    (await rig.events('s')).filter((event) => event.startsWith('s ')),
    [
      's REVIEW_IN_PROGRESS',
      's CREATE_IN_PROGRESS',
      's CREATE_COMPLETE',
      's UPDATE_IN_PROGRESS',
      's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      's UPDATE_COMPLETE',
    ],
  );
});

test('a change set without changes fails with the words that the CLI looks for', async () => {
  await using rig = await startRig();
  const TemplateBody = template({ A: {} });
  await createAndExecute(rig, { ChangeSetType: 'CREATE', TemplateBody });
  await rig.client.send(new CreateChangeSetCommand({ ...named, ChangeSetName: 'again', TemplateBody }));
  const again = { ...named, ChangeSetName: 'again' };
  const { Status, StatusReason = '', ExecutionStatus } = await rig.client.send(new DescribeChangeSetCommand(again));
  assert.equal(Status, 'FAILED');
  assert.equal(ExecutionStatus, 'UNAVAILABLE');
  assert.match(StatusReason, /^The submitted information didn't contain changes\./);
  await assert.rejects(rig.client.send(new ExecuteChangeSetCommand(again)), {
    name: 'InvalidChangeSetStatusException',
    message: /cannot be executed in its current status of \[FAILED\]/,
  });
});

test('a change set tells what would be changed, replaced and removed without doing it', async () => {
  await using rig = await startRig();
  const body = (name: string, value: string, more: Record<string, object>) =>
    template({
      Replaced: { Properties: { Name: name } },
      Follower: { Properties: { Name: { 'Fn::Sub': `\${Replaced}-follower` } } },
      Changed: { Properties: { Value: value } },
      ...more,
    });
  await createAndExecute(rig, { ChangeSetType: 'CREATE', TemplateBody: body('a', '1', { Gone: {} }) });
  const before = structuredClone(rig.world.things);
  await rig.client.send(
    new CreateChangeSetCommand({ ...named, ChangeSetName: 'd', TemplateBody: body('b', '2', { New: {} }) }),
  );
  const { Changes = [] } = await rig.client.send(new DescribeChangeSetCommand({ ...named, ChangeSetName: 'd' }));
  assert.deepEqual(
    Object.fromEntries(
      Changes.map(({ ResourceChange: change }) => [
        change?.LogicalResourceId,
        `${change?.Action} ${change?.Replacement ?? ''}`.trim(),
      ]),
    ),
    {
      Replaced: 'Modify True',
      Follower: 'Modify Conditional',
      Changed: 'Modify False',
      New: 'Add',
      Gone: 'Remove',
    },
  );
  assert.deepEqual(rig.world.things, before);
});

test('change sets are listed, and executing one drops the others', async () => {
  await using rig = await startRig();
  await createAndExecute(rig, { ChangeSetType: 'CREATE', TemplateBody: template({ A: {} }) });
  for (const name of ['x', 'y']) {
    const TemplateBody = template({ A: {}, [name]: {} });
    await rig.client.send(new CreateChangeSetCommand({ ...named, ChangeSetName: name, TemplateBody }));
  }
  const names = async () =>
    (await rig.client.send(new ListChangeSetsCommand({ StackName: 's' }))).Summaries?.map((each) => each.ChangeSetName);
  assert.deepEqual(await names(), ['c', 'x', 'y']);
  await rig.client.send(new ExecuteChangeSetCommand({ ...named, ChangeSetName: 'y' }));
  await rig.cloudFormation.idle();
  assert.deepEqual(await names(), ['y']);
  await assert.rejects(rig.client.send(new DescribeChangeSetCommand({ ...named, ChangeSetName: 'x' })), {
    name: 'ChangeSetNotFoundException',
    message: 'ChangeSet [x] does not exist',
  });
});

test('the kind of a change set has to fit the stack', async () => {
  await using rig = await startRig();
  const TemplateBody = template({ A: {} });
  await assert.rejects(rig.client.send(new CreateChangeSetCommand({ ...named, TemplateBody })), {
    message: 'Stack [s] does not exist',
  });
  await createAndExecute(rig, { ChangeSetType: 'CREATE', TemplateBody });
  await assert.rejects(
    rig.client.send(new CreateChangeSetCommand({ ...named, ChangeSetType: 'CREATE', TemplateBody })),
    { message: 'Stack [s] already exists and cannot be created again with the changeSet [c].' },
  );
});

test('a change set that cannot work leaves no stack behind', async () => {
  await using rig = await startRig();
  const TemplateBody = JSON.stringify({ Resources: { A: { Type: 'AWS::EC2::Instance' } } });
  await assert.rejects(
    rig.client.send(new CreateChangeSetCommand({ ...named, ChangeSetType: 'CREATE', TemplateBody })),
    { message: /Unrecognized resource types: \[AWS::EC2::Instance \(A\)\]/ },
  );
  await assert.rejects(rig.status('s'), { message: 'Stack with id s does not exist' });
});

test('the template of a stack comes back as it was given', async () => {
  await using rig = await startRig();
  const TemplateBody = `# a comment\nResources:\n  A:\n    Type: Test::Fake::Thing\n`;
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await rig.cloudFormation.idle();
  const answer = await rig.client.send(new GetTemplateCommand({ StackName: 's' }));
  assert.equal(answer.TemplateBody, TemplateBody);
});

test('two first change sets at the same time share one stack', async () => {
  await using rig = await startRig();
  const create = (ChangeSetName: string) =>
    rig.client.send(
      new CreateChangeSetCommand({
        ...named,
        ChangeSetName,
        ChangeSetType: 'CREATE',
        TemplateBody: template({ A: {} }),
      }),
    );
  const [first, second] = await Promise.all([create('one'), create('two')]);
  assert.equal(first.StackId, second.StackId);
  assert.equal(rig.cloudFormation.stacks().length, 1);
});

test('shows the properties before and after a change when asked for them', async () => {
  await using rig = await startRig();
  const before = { Kept: { Properties: { Value: 'a', Size: 1 } }, Renamed: { Properties: { Name: 'one' } }, Gone: {} };
  await createAndExecute(rig, { ChangeSetType: 'CREATE', TemplateBody: template(before) });
  const TemplateBody = template({
    Kept: { Properties: { Value: 'b', Items: ['x'] } },
    Renamed: { UpdateReplacePolicy: 'Retain', Properties: { Name: 'two' } },
    Added: { Properties: { Value: { 'Fn::GetAtt': ['Renamed', 'Arn'] } } },
  });
  await rig.client.send(new CreateChangeSetCommand({ ...named, TemplateBody }));
  const changesWith = async (IncludePropertyValues: boolean) => {
    const { Changes = [] } = await rig.client.send(new DescribeChangeSetCommand({ ...named, IncludePropertyValues }));
    return new Map(Changes.map(({ ResourceChange }) => [ResourceChange?.LogicalResourceId, ResourceChange]));
  };
  const changes = await changesWith(true);
  const kept = changes.get('Kept');
  assert.equal(kept?.BeforeContext, '{"Properties":{"Value":"a","Size":1}}');
  assert.equal(kept.AfterContext, '{"Properties":{"Value":"b","Items":["x"]}}');
  const targets = kept.Details?.map(({ Target }) => [
    ...[Target?.Path, Target?.AttributeChangeType, Target?.BeforeValue, Target?.AfterValue],
  ]);
  assert.deepEqual(targets, [
    ['/Properties/Value', 'Modify', 'a', 'b'],
    ['/Properties/Size', 'Remove', '1', undefined],
    ['/Properties/Items', 'Add', undefined, '["x"]'],
  ]);
  assert.equal(changes.get('Renamed')?.PolicyAction, 'ReplaceAndRetain');
  assert.equal(changes.get('Gone')?.PolicyAction, 'Delete');
  assert.equal(changes.get('Added')?.AfterContext, '{"Properties":{"Value":"{{changeSet:KNOWN_AFTER_APPLY}}"}}');
  const without = (await changesWith(false)).get('Kept');
  assert.deepEqual([without?.BeforeContext, without?.Details?.[0]?.Target?.BeforeValue], [undefined, undefined]);
});

test('the value of a NoEcho parameter is not shown among the properties', async () => {
  await using rig = await startRig();
  const Parameters = { Secret: { Type: 'String', NoEcho: true } };
  const Value = { 'Fn::Join': ['=', ['key', { Ref: 'Secret' }]] };
  const TemplateBody = template({ A: { Properties: { Value } } }, { Parameters });
  const given = (ParameterValue: string) => [{ ParameterKey: 'Secret', ParameterValue }];
  await createAndExecute(rig, { ChangeSetType: 'CREATE', TemplateBody, Parameters: given('swordfish') });
  await rig.client.send(new CreateChangeSetCommand({ ...named, TemplateBody, Parameters: given('marlin') }));
  const described = await rig.client.send(new DescribeChangeSetCommand({ ...named, IncludePropertyValues: true }));
  const change = described.Changes?.[0]?.ResourceChange;
  assert.equal(change?.AfterContext, '{"Properties":{"Value":"key=****"}}');
  assert.doesNotMatch(JSON.stringify(described.Changes), /swordfish|marlin/);
});
