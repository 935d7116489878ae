import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateStackCommand, DeleteStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { startRig, template } from './cloudformation.fixture.ts';

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
  /** Whatever has this value already cannot go back to it. */
  newPoison: fc.constantFrom(undefined, undefined, '1', '2'),
  stuck: fc.oneof(fc.constant([]), fc.subarray(names)),
});

function bodyOf(things: Things): string {
  return template(
    Object.fromEntries(
      things.flatMap(({ present, name, value, refersTo }, index) => {
        if (!present) return [];
        const isReference = refersTo !== undefined && refersTo < index && things[refersTo]?.present;
        return [
          [
            ids[index],
            {
              Properties: {
                Value: value,
                ...(isReference ? { Document: { Ref: ids[refersTo] } } : {}),
                ...(name === undefined ? {} : { Name: `${ids[index]}-${name}` }),
              },
            },
          ],
        ];
      }),
    ),
  );
}

test('whatever is deployed in whatever order, the world is as one of the templates says, or as before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      await using rig = await startRig();
      const { world, cloudFormation, client } = rig;
      const base = template({ A: {} });
      await client.send(new CreateStackCommand({ StackName: 's', TemplateBody: base }));
      await cloudFormation.idle();
      // What an earlier step could neither finish nor take back may go in any later one.
      let isTidy = true;
      for (const { things, disableRollback, newPoison, stuck } of steps) {
        const before = JSON.stringify([...world.things].toSorted());
        const update = new UpdateStackCommand({
          StackName: 's',
          TemplateBody: bodyOf(things),
          DisableRollback: disableRollback,
        });
        world.poison.add('poison');
        if (newPoison !== undefined) world.poison.add(newPoison);
        for (const name of stuck) world.stuck.add(name);
        const refusal = await client.send(update).catch((error: unknown) => error);
        await cloudFormation.idle();
        world.poison.clear();
        world.stuck.clear();
        const [stack] = cloudFormation.stacks();
        const after = JSON.stringify([...world.things].toSorted());
        if (refusal instanceof Error) {
          const isFinal = stack?.status === 'UPDATE_ROLLBACK_FAILED';
          assert.match(refusal.message, isFinal ? /can not be updated/ : /^No updates are to be performed\.$/);
        } else if (stack?.status === 'UPDATE_COMPLETE') {
          isTidy = stuck.length === 0;
          const present = ids.filter((_, index) => things[index]?.present);
          const here = stack.resources.map(({ logicalId }) => logicalId).toSorted();
          assert.deepEqual(isTidy ? here : here.filter((id) => present.includes(id)), present);
          const physicalIds = stack.resources.map(({ physicalId }) => physicalId);
          if (isTidy) assert.deepEqual(physicalIds.toSorted(), [...world.things.keys()].toSorted());
          else for (const physicalId of physicalIds) assert.ok(world.things.has(physicalId), physicalId);
        } else if (stack?.status === 'UPDATE_ROLLBACK_COMPLETE') {
          isTidy &&= stuck.length === 0;
          if (isTidy) assert.equal(after, before);
        } else {
          isTidy = false;
          assert.equal(stack?.status, disableRollback ? 'UPDATE_FAILED' : 'UPDATE_ROLLBACK_FAILED');
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
