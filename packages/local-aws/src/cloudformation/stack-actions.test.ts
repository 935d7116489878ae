import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { startRig, template } from './cloudformation.fixture.ts';

const refused = (message: string | RegExp, name = 'ValidationError') => ({ name, message });

test('a stack is created in the background, in the order of its references', async () => {
  await using rig = await startRig();
  const TemplateBody = template(
    {
      Third: { Properties: { Value: { 'Fn::Sub': `\${Second.Arn}/x` } } },
      First: { Properties: { Value: 'one' } },
      Second: { Properties: { Value: { Ref: 'First' } }, DependsOn: 'First' },
    },
    { Outputs: { Third: { Value: { 'Fn::GetAtt': ['Third', 'Value'] } } } },
  );
  const { StackId } = await rig.client.send(new CreateStackCommand({ StackName: 'demo', TemplateBody }));
  assert.match(StackId ?? '', /^arn:aws:cloudformation:us-east-1:000000000000:stack\/demo\/[0-9a-f-]{36}$/);
  await rig.cloudFormation.idle();
  assert.deepEqual(rig.world.log, ['create First', 'create Second', 'create Third']);
  assert.match((await rig.outputs('demo')).Third ?? '', /^arn:test:demo-Second-[A-Z0-9]{12}\/x$/);
  assert.deepEqual(await rig.events('demo'), [
    'demo CREATE_IN_PROGRESS',
    'First CREATE_IN_PROGRESS',
    'First CREATE_COMPLETE',
    'Second CREATE_IN_PROGRESS',
    'Second CREATE_COMPLETE',
    'Third CREATE_IN_PROGRESS',
    'Third CREATE_COMPLETE',
    'demo CREATE_COMPLETE',
  ]);
});

test('an update changes what differs, makes what is new and then deletes what is gone', async () => {
  await using rig = await startRig();
  const things = (value: string) => ({
    Kept: { Properties: { Value: 'k' } },
    Changed: { Properties: { Value: value } },
  });
  await rig.client.send(
    new CreateStackCommand({ StackName: 's', TemplateBody: template({ ...things('1'), Gone: {} }) }),
  );
  await rig.cloudFormation.idle();
  rig.world.log.length = 0;
  await rig.client.send(
    new UpdateStackCommand({ StackName: 's', TemplateBody: template({ ...things('2'), New: {} }) }),
  );
  await rig.cloudFormation.idle();
  assert.deepEqual(rig.world.log, ['update Changed', 'create New', 'delete Gone']);
  assert.equal(await rig.status('s'), 'UPDATE_COMPLETE');
  const { StackResourceSummaries = [] } = await rig.client.send(new ListStackResourcesCommand({ StackName: 's' }));
  assert.deepEqual(StackResourceSummaries.map((summary) => summary.LogicalResourceId).sort(), [
    'Changed',
    'Kept',
    'New',
  ]);
});

test('a replacement is made under another name before the old resource goes', async () => {
  await using rig = await startRig();
  const body = (name: string) =>
    template({ A: { Properties: { Name: name } }, B: { Properties: { Value: { Ref: 'A' } } } });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body('old') }));
  await rig.cloudFormation.idle();
  rig.world.log.length = 0;
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('new') }));
  await rig.cloudFormation.idle();
  assert.deepEqual(rig.world.log, ['create A', 'update B', 'delete A']);
  assert.deepEqual(
    [...rig.world.things.keys()].filter((name) => !name.startsWith('s-')),
    ['new'],
  );
});

test('an update without differences is refused', async () => {
  await using rig = await startRig();
  const TemplateBody = template({ A: { Properties: { Value: 'x' } } });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await rig.cloudFormation.idle();
  await assert.rejects(
    rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody })),
    refused('No updates are to be performed.'),
  );
});

test('a failed creation is rolled back and leaves nothing behind', async () => {
  await using rig = await startRig();
  rig.world.poison.add('bad');
  const TemplateBody = template({
    Good: {},
    Bad: { Properties: { Value: 'bad' }, DependsOn: 'Good' },
    Never: { DependsOn: 'Bad' },
  });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await rig.cloudFormation.idle();
  assert.deepEqual(await rig.events('s'), [
    's CREATE_IN_PROGRESS',
    'Good CREATE_IN_PROGRESS',
    'Good CREATE_COMPLETE',
    'Bad CREATE_IN_PROGRESS',
    'Bad CREATE_FAILED',
    's ROLLBACK_IN_PROGRESS',
    'Good DELETE_IN_PROGRESS',
    'Good DELETE_COMPLETE',
    's ROLLBACK_COMPLETE',
  ]);
  assert.equal(rig.world.things.size, 0);
  await assert.rejects(
    rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: template({ Good: {} }) })),
    refused(/^Stack:arn:.* is in ROLLBACK_COMPLETE state and can not be updated\.$/),
  );
});

test('OnFailure decides what becomes of a failed creation', async () => {
  await using rig = await startRig();
  rig.world.poison.add('bad');
  const TemplateBody = template({ Good: {}, Bad: { Properties: { Value: 'bad' }, DependsOn: 'Good' } });
  await rig.client.send(new CreateStackCommand({ StackName: 'kept', TemplateBody, OnFailure: 'DO_NOTHING' }));
  const { StackId = '' } = await rig.client.send(
    new CreateStackCommand({ StackName: 'dropped', TemplateBody, OnFailure: 'DELETE' }),
  );
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('kept'), 'CREATE_FAILED');
  assert.equal(await rig.status(StackId), 'DELETE_COMPLETE');
  assert.equal(rig.world.things.size, 1);
  rig.world.poison.clear();
  await rig.client.send(new UpdateStackCommand({ StackName: 'kept', TemplateBody }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('kept'), 'UPDATE_COMPLETE');
});

test('a failed update puts back changed, replaced and new resources', async () => {
  await using rig = await startRig();
  const body = (name: string, value: string, extra: Record<string, object>) =>
    template({ Changed: { Properties: { Value: value } }, Replaced: { Properties: { Name: name } }, ...extra });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body('old', '1', { Gone: {} }) }));
  await rig.cloudFormation.idle();
  const before = structuredClone(rig.world.things);
  rig.world.poison.add('bad');
  const Bad = { Properties: { Value: 'bad' }, DependsOn: ['Changed', 'Replaced', 'New'] };
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('new', '2', { New: {}, Bad }) }));
  await rig.cloudFormation.idle();
  assert.deepEqual(rig.world.things, before);
  const events = await rig.events('s');
  assert.deepEqual(events.filter((event) => event.startsWith('s ')).slice(2), [
    's UPDATE_IN_PROGRESS',
    's UPDATE_ROLLBACK_IN_PROGRESS',
    's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    's UPDATE_ROLLBACK_COMPLETE',
  ]);
  rig.world.poison.clear();
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('new', '2', {}) }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'UPDATE_COMPLETE');
});

test('a replacement that a failed rollback left over is deleted with the stack', async () => {
  await using rig = await startRig();
  const body = (name: string, value: string, last: string) =>
    template({
      A: { Properties: { Name: name } },
      B: { Properties: { Value: value } },
      C: { Properties: { Value: last }, DependsOn: ['A', 'B'] },
    });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body('a1', 'old', 'c') }));
  await rig.cloudFormation.idle();
  rig.world.poison.add('bad').add('old');
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('a2', 'new', 'bad') }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'UPDATE_ROLLBACK_FAILED');
  rig.world.poison.clear();
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  assert.deepEqual([...rig.world.things.keys()], []);
});

test('a resource whose restoration waits for one that failed is not lost', async () => {
  await using rig = await startRig();
  const body = (name: string, value: string, last: string) =>
    template({
      B: { Properties: { Value: value } },
      A: { Properties: { Name: name }, DependsOn: 'B' },
      C: { Properties: { Value: last }, DependsOn: 'A' },
    });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body('a1', 'old', 'c') }));
  await rig.cloudFormation.idle();
  rig.world.poison.add('bad').add('old');
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('a2', 'new', 'bad') }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'UPDATE_ROLLBACK_FAILED');
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  assert.deepEqual([...rig.world.things.keys()], []);
});

test('a replacement that a rollback could not delete goes with the next one, or with the stack', async () => {
  await using rig = await startRig();
  const body = (name: string, last: string) =>
    template({ A: { Properties: { Name: name } }, C: { Properties: { Value: last }, DependsOn: 'A' } });
  const failingUpdate = async () => {
    await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('a2', 'bad') }));
    await rig.cloudFormation.idle();
    assert.equal(await rig.status('s'), 'UPDATE_ROLLBACK_COMPLETE');
    return [...rig.world.things.keys()].filter((name) => name.startsWith('a'));
  };
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body('a1', 'c') }));
  await rig.cloudFormation.idle();
  rig.world.poison.add('bad');
  rig.world.stuck.add('a2');
  assert.deepEqual(await failingUpdate(), ['a1', 'a2']);
  rig.world.stuck.clear();
  assert.deepEqual(await failingUpdate(), ['a1']);
  rig.world.stuck.add('a2');
  assert.deepEqual(await failingUpdate(), ['a1', 'a2']);
  rig.world.stuck.clear();
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  assert.deepEqual([...rig.world.things.keys()], []);
});

test('what an update replaced and could not delete goes with the stack', async () => {
  await using rig = await startRig();
  const body = (name: string) => template({ A: { Properties: { Name: name } } });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body('a1') }));
  await rig.cloudFormation.idle();
  rig.world.stuck.add('a1');
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('a2') }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'UPDATE_COMPLETE');
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'DELETE_FAILED');
  rig.world.stuck.clear();
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  assert.deepEqual([...rig.world.things.keys()], []);
});

test('a rollback deletes what a creation without rollback had failed to make', async () => {
  await using rig = await startRig();
  const body = (value: string, more: Record<string, object> = {}) =>
    template({ A: { Properties: { Name: 'a', Value: value } }, ...more });
  rig.world.poison.add('bad');
  const TemplateBody = body('bad');
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody, OnFailure: 'DO_NOTHING' }));
  await rig.cloudFormation.idle();
  const Bad = { Properties: { Value: 'bad' }, DependsOn: 'A' };
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('good', { Bad }) }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'UPDATE_ROLLBACK_COMPLETE');
  assert.deepEqual([...rig.world.things.keys()], []);
});

test('a stack that is busy refuses another operation', async () => {
  await using rig = await startRig();
  const TemplateBody = template({ A: {} });
  const gate = Promise.withResolvers<void>();
  rig.world.gate = gate.promise;
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await assert.rejects(
    rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody })),
    refused(/is in CREATE_IN_PROGRESS state and can not be updated/),
  );
  gate.resolve();
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'CREATE_COMPLETE');
});

test('a stack can be deleted while it is being created', async () => {
  await using rig = await startRig();
  const gate = Promise.withResolvers<void>();
  rig.world.gate = gate.promise;
  const TemplateBody = template({ A: {}, B: { DependsOn: 'A' } });
  const { StackId = '' } = await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  gate.resolve();
  await rig.cloudFormation.idle();
  assert.equal(await rig.status(StackId), 'DELETE_COMPLETE');
  assert.equal(rig.world.things.size, 0);
  assert.ok(!rig.world.log.includes('create B'));
});

test('a stack is deleted dependents first and stays describable by its id', async () => {
  await using rig = await startRig();
  const TemplateBody = template({
    A: {},
    B: { Properties: { Value: { Ref: 'A' } } },
    Kept: { DeletionPolicy: 'Retain' },
  });
  const { StackId = '' } = await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await rig.cloudFormation.idle();
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  assert.deepEqual(rig.world.log.slice(3), ['delete B', 'delete A']);
  assert.equal(rig.world.things.size, 1);
  assert.ok((await rig.events(StackId)).includes('Kept DELETE_SKIPPED'));
  const { Stacks = [] } = await rig.client.send(new DescribeStacksCommand({ StackName: StackId }));
  assert.equal(Stacks[0]?.StackStatus, 'DELETE_COMPLETE');
  await assert.rejects(rig.status('s'), refused('Stack with id s does not exist'));
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
});

test('what cannot be deleted fails the deletion, which can be repeated without it', async () => {
  await using rig = await startRig();
  const TemplateBody = template({ A: { Properties: { Name: 'a' } }, B: { DependsOn: 'A' } });
  const { StackId = '' } = await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody }));
  await rig.cloudFormation.idle();
  rig.world.stuck.add('a');
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'DELETE_FAILED');
  await rig.client.send(new DeleteStackCommand({ StackName: 's', RetainResources: ['A'] }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status(StackId), 'DELETE_COMPLETE');
});

test('termination protection forbids the deletion', async () => {
  await using rig = await startRig();
  await rig.client.send(
    new CreateStackCommand({ StackName: 's', TemplateBody: template({ A: {} }), EnableTerminationProtection: true }),
  );
  await rig.cloudFormation.idle();
  await assert.rejects(
    rig.client.send(new DeleteStackCommand({ StackName: 's' })),
    refused('Stack [s] cannot be deleted while TerminationProtection is enabled'),
  );
  await rig.client.send(new UpdateTerminationProtectionCommand({ StackName: 's', EnableTerminationProtection: false }));
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
});

test('changed stack tags reach the resources', async () => {
  await using rig = await startRig();
  const TemplateBody = template({ A: { Properties: { Name: 'a' } } });
  const tags = (Value: string) => [{ Key: 'team', Value }];
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody, Tags: tags('x') }));
  await rig.cloudFormation.idle();
  await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody, Tags: tags('y') }));
  await rig.cloudFormation.idle();
  assert.deepEqual(rig.world.things.get('a')?.tags, { team: 'y' });
});

test('a second stack of the same name is refused', async () => {
  await using rig = await startRig();
  const command = new CreateStackCommand({ StackName: 's', TemplateBody: template({ A: {} }) });
  await rig.client.send(command);
  await assert.rejects(rig.client.send(command), refused('Stack [s] already exists', 'AlreadyExistsException'));
});

test('an update without rollback stops where it failed, and the next one finishes it', async () => {
  await using rig = await startRig();
  const body = (name: string, value: string) =>
    template({
      A: { Properties: { Name: name } },
      B: { Properties: { Value: value }, DependsOn: 'A' },
    });
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body('old', '1') }));
  await rig.cloudFormation.idle();
  rig.world.poison.add('2');
  const update = new UpdateStackCommand({ StackName: 's', TemplateBody: body('new', '2'), DisableRollback: true });
  await rig.client.send(update);
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'UPDATE_FAILED');
  assert.ok(rig.world.things.has('new') && rig.world.things.has('old'));
  rig.world.poison.clear();
  await rig.client.send(update);
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('s'), 'UPDATE_COMPLETE');
  assert.ok(rig.world.things.has('new') && !rig.world.things.has('old'));
  assert.ok([...rig.world.things.values()].some(({ value }) => value === '2'));
});

test('stacks of other regions are others', async () => {
  await using rig = await startRig();
  await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: template({ A: {} }) }));
  const { endpoint, credentials } = rig.client.config;
  assert.ok(endpoint);
  const elsewhere = new CloudFormationClient({ endpoint, credentials, region: 'eu-west-1' });
  await assert.rejects(
    elsewhere.send(new DescribeStacksCommand({ StackName: 's' })),
    refused('Stack with id s does not exist'),
  );
});

test('the value of a NoEcho parameter is not in the events of resources', async () => {
  await using rig = await startRig();
  const TemplateBody = template(
    { A: { Properties: { Value: { 'Fn::Join': ['', ['key=', { Ref: 'Key' }]] } } } },
    { Parameters: { Key: { Type: 'String', NoEcho: true } } },
  );
  const Parameters = [{ ParameterKey: 'Key', ParameterValue: 'hush' }];
  const created = new CreateStackCommand({ StackName: 's', TemplateBody, Parameters });
  const { StackId } = await rig.client.send(created);
  await rig.cloudFormation.idle();
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  const { StackEvents = [] } = await rig.client.send(new DescribeStackEventsCommand({ StackName: StackId }));
  const shown = StackEvents.flatMap(({ ResourceProperties }) => ResourceProperties ?? []);
  assert.deepEqual(new Set(shown), new Set(['{"Value":"key=****"}']));
});
