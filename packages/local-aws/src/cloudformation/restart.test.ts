import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateStackCommand, DeleteStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { startRig, template, World } from './cloudformation.fixture.ts';

test('stacks go on after a restart, and an operation that was cut off has failed', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'cloudformation-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const world = new World();
  const gate = Promise.withResolvers<void>();
  const TemplateBody = template({ A: { Properties: { Value: '1' } } }, { Outputs: { A: { Value: { Ref: 'A' } } } });
  {
    const state = openStateStore(directory);
    await using rig = await startRig({ world, state });
    await rig.client.send(new CreateStackCommand({ StackName: 'done', TemplateBody }));
    await rig.cloudFormation.idle();
    world.gate = gate.promise;
    await rig.client.send(new CreateStackCommand({ StackName: 'cut', TemplateBody }));
    await rig.status('cut');
    await state.close();
    gate.resolve();
  }
  world.gate = undefined;
  world.log.length = 0;
  await using rig = await startRig({ world, state: openStateStore(directory) });
  assert.equal(await rig.status('done'), 'CREATE_COMPLETE');
  assert.equal(await rig.status('cut'), 'CREATE_FAILED');
  assert.match((await rig.outputs('done')).A ?? '', /^done-A-/);

  const changed = template({ A: { Properties: { Value: '2' } } });
  await rig.client.send(new UpdateStackCommand({ StackName: 'done', TemplateBody: changed }));
  await rig.client.send(new DeleteStackCommand({ StackName: 'cut' }));
  await rig.cloudFormation.idle();
  assert.deepEqual(world.log, ['update A']);
  assert.equal(await rig.status('done'), 'UPDATE_COMPLETE');
});

test('what was being replaced when the endpoint stopped goes with the stack', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'cloudformation-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const world = new World();
  const gate = Promise.withResolvers<void>();
  const body = (Name: string) => template({ A: { Properties: { Name } } });
  {
    const state = openStateStore(directory);
    await using rig = await startRig({ world, state });
    await rig.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: body('a1') }));
    await rig.cloudFormation.idle();
    world.gate = gate.promise;
    await rig.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body('a2') }));
    await rig.status('s');
    await state.close();
    // A process that has ended does not come to the deletion of a1.
    world.stuck.add('a1');
    gate.resolve();
  }
  world.things.delete('a2');
  world.stuck.clear();
  await using rig = await startRig({ world, state: openStateStore(directory) });
  assert.equal(await rig.status('s'), 'UPDATE_FAILED');
  await rig.client.send(new DeleteStackCommand({ StackName: 's' }));
  await rig.cloudFormation.idle();
  assert.deepEqual([...world.things.keys()], []);
});
