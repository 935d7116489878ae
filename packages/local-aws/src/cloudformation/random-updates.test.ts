import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateStackCommand, DeleteStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { type Rig, startRig, template } from './cloudformation.fixture.ts';
import type { StackView } from './cloudformation.ts';

/** What a template says about one thing; references go to earlier things only. */
const thing = fc.record({
  present: fc.boolean(),
  name: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  value: fc.constantFrom('1', '2', 'poison'),
  refersTo: fc.option(fc.nat(3), { nil: undefined }),
});
const desired = fc
  .array(thing, { minLength: 5, maxLength: 5 })
  .filter((things) => things.some(({ present }) => present));
type Things = typeof desired extends fc.Arbitrary<infer T> ? T : never;

const ids = ['A', 'B', 'C', 'D', 'E'];
const names = ids.flatMap((id) => [`${id}-x`, `${id}-y`]);

/** One update, and what goes wrong meanwhile. */
const step = fc.record({
  things: desired,
  disableRollback: fc.boolean(),
  /** What has this value already cannot go back to it. */
  newPoison: fc.constantFrom('poison', 'poison', '1', '2'),
  stuck: fc.oneof(fc.constant([]), fc.subarray(names)),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function bodyOf(things: Things): string {
  return template(
    Object.fromEntries(
      things.flatMap(({ present, name, value, refersTo }, index) => {
        if (!present) return [];
        const isReference = refersTo !== undefined && refersTo < index && things[refersTo]?.present;
        const Document = isReference ? { Ref: ids[refersTo] } : {};
        const Name = name === undefined ? {} : { Name: `${ids[index]}-${name}` };
        return [[ids[index], { Properties: { Value: value, Document, ...Name } }]];
      }),
    ),
  );
}

/** @returns why the update was not begun */
async function update(rig: Rig, { things, disableRollback, newPoison, stuck }: Step): Promise<string | undefined> {
  const { world, client, cloudFormation } = rig;
  world.poison.add('poison').add(newPoison);
  for (const name of stuck) world.stuck.add(name);
  const command = new UpdateStackCommand({
    StackName: 's',
    TemplateBody: bodyOf(things),
    DisableRollback: disableRollback,
  });
  const refusal: unknown = await client.send(command).catch((error: unknown) => error);
  await cloudFormation.idle();
  world.poison.clear();
  world.stuck.clear();
  return refusal instanceof Error ? refusal.message : undefined;
}

function checkDeployed({ world }: Rig, { resources }: StackView, { things }: Step, isTidy: boolean): void {
  const present = ids.filter((_, index) => things[index]?.present);
  const here = resources.map(({ logicalId }) => logicalId).toSorted();
  assert.deepEqual(isTidy ? here : here.filter((id) => present.includes(id)), present);
  const physicalIds = resources.map(({ physicalId }) => physicalId);
  for (const physicalId of physicalIds) assert.ok(world.things.has(physicalId), physicalId);
  if (isTidy) assert.equal(physicalIds.length, world.things.size);
}

test('whatever is deployed in whatever order, the world is as one of the templates says, or as before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      await using rig = await startRig();
      const { world, cloudFormation, client } = rig;
      await client.send(new CreateStackCommand({ StackName: 's', TemplateBody: template({ A: {} }) }));
      await cloudFormation.idle();
      // What one step could neither finish nor take back may go in any later one.
      let isTidy = true;
      for (const next of steps) {
        const before = new Map(world.things);
        const refusal = await update(rig, next);
        const stack = cloudFormation.stacks()[0] ?? assert.fail('no stack');
        switch (stack.status) {
          case 'UPDATE_COMPLETE':
            if (refusal !== undefined) break;
            isTidy = next.stuck.length === 0;
            checkDeployed(rig, stack, next, isTidy);
            break;
          case 'UPDATE_ROLLBACK_COMPLETE':
            isTidy &&= next.stuck.length === 0;
            if (isTidy) assert.deepEqual(world.things, before);
            break;
          default:
            isTidy = false;
            assert.match(stack.status, /^UPDATE(_ROLLBACK)?_FAILED$/);
        }
        if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
          assert.ok(refusal === undefined || refusal === 'No updates are to be performed.', refusal);
        }
      }
      await client.send(new DeleteStackCommand({ StackName: 's' }));
      await cloudFormation.idle();
      assert.deepEqual([...world.things.keys()], []);
      assert.deepEqual(cloudFormation.stacks(), []);
      assert.deepEqual(rig.errors, []);
    }),
    { numRuns: 100 },
  );
});
