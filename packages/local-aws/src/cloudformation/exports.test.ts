import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  ListImportsCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { type Rig, startRig, template } from './cloudformation.fixture.ts';

const exporting = (value: string, name = 'shared-table') =>
  template({ A: {} }, { Outputs: { Table: { Value: value, Export: { Name: { 'Fn::Sub': name } } } } });
const importing = template({ B: { Properties: { Value: { 'Fn::ImportValue': 'shared-table' } } } });

async function create(rig: Rig, StackName: string, TemplateBody: string): Promise<void> {
  await rig.client.send(new CreateStackCommand({ StackName, TemplateBody }));
  await rig.cloudFormation.idle();
}

async function reasonOf(rig: Rig, StackName: string): Promise<string | undefined> {
  const { Stacks } = await rig.client.send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0]?.StackStatusReason;
}

test('an export reaches the stacks that import it and is listed', async () => {
  await using rig = await startRig();
  await create(rig, 'owner', exporting('table-1'));
  await create(rig, 'user', importing);
  assert.deepEqual(
    [...rig.world.things.values()].map(({ value }) => value),
    ['', 'table-1'],
  );
  const { Exports = [] } = await rig.client.send(new ListExportsCommand({}));
  assert.deepEqual(
    Exports.map(({ Name, Value }) => [Name, Value]),
    [['shared-table', 'table-1']],
  );
  assert.deepEqual((await rig.client.send(new ListImportsCommand({ ExportName: 'shared-table' }))).Imports, ['user']);
});

test('an export in use can be neither changed nor deleted until its users are gone', async () => {
  await using rig = await startRig();
  await create(rig, 'owner', exporting('table-1'));
  await create(rig, 'user', importing);
  await rig.client.send(new UpdateStackCommand({ StackName: 'owner', TemplateBody: exporting('table-2') }));
  await rig.cloudFormation.idle();
  assert.equal(await rig.status('owner'), 'UPDATE_ROLLBACK_COMPLETE');
  assert.deepEqual(await rig.outputs('owner'), { Table: 'table-1' });
  const events = rig.cloudFormation.stacks().map(({ status }) => status);
  assert.deepEqual(events, ['UPDATE_ROLLBACK_COMPLETE', 'CREATE_COMPLETE']);
  await assert.rejects(rig.client.send(new DeleteStackCommand({ StackName: 'owner' })), {
    message: 'Export shared-table cannot be deleted as it is in use by user',
  });
  await rig.client.send(new DeleteStackCommand({ StackName: 'user' }));
  await rig.cloudFormation.idle();
  await rig.client.send(new DeleteStackCommand({ StackName: 'owner' }));
  await rig.cloudFormation.idle();
  assert.deepEqual(rig.cloudFormation.stacks(), []);
});

test('two stacks cannot export the same name', async () => {
  await using rig = await startRig();
  await create(rig, 'owner', exporting('table-1'));
  await create(rig, 'rival', exporting('table-2'));
  assert.equal(await rig.status('rival'), 'ROLLBACK_COMPLETE');
  assert.equal(await reasonOf(rig, 'owner'), undefined);
  const { Exports = [] } = await rig.client.send(new ListExportsCommand({}));
  assert.equal(Exports.length, 1);
});
