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

function bodyOf(things: Things): string {
  return template(
    Object.fromEntries(
      things.flatMap(({ present, name, value, refersTo }, index) => {
        if (!present) return [];
        const target =
          refersTo !== undefined && refersTo < index && things[refersTo]?.present ? ids[refersTo] : undefined;
        const Value = target === undefined ? value : { 'Fn::Sub': `${value}:\${${target}}` };
        return [
          [ids[index], { Properties: { Value, ...(name === undefined ? {} : { Name: `${ids[index]}-${name}` }) } }],
        ];
      }),
    ),
  );
}

test('whatever is deployed in whatever order, the world is as one of the templates says, or as before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(desired, { minLength: 2, maxLength: 5 }), async (steps) => {
      await using rig = await startRig();
      const { world, cloudFormation, client } = rig;
      world.poison.add('poison');
      const base = template({ A: {} });
      await client.send(new CreateStackCommand({ StackName: 's', TemplateBody: base }));
      await cloudFormation.idle();
      for (const things of steps) {
        const before = JSON.stringify([...world.things].toSorted());
        const TemplateBody = bodyOf(things);
        const update = await client
          .send(new UpdateStackCommand({ StackName: 's', TemplateBody }))
          .catch((error) => error);
        await cloudFormation.idle();
        const [stack] = cloudFormation.stacks();
        const after = JSON.stringify([...world.things].toSorted());
        if (update instanceof Error) assert.equal(update.message, 'No updates are to be performed.');
        else if (stack?.status === 'UPDATE_ROLLBACK_COMPLETE') assert.equal(after, before);
        else {
          assert.equal(stack?.status, 'UPDATE_COMPLETE');
          const present = ids.filter((_, index) => things[index]?.present);
          assert.deepEqual(stack.resources.map(({ logicalId }) => logicalId).toSorted(), present);
          assert.deepEqual(
            stack.resources.map(({ physicalId }) => physicalId).toSorted(),
            [...world.things.keys()].toSorted(),
          );
        }
      }
      await client.send(new DeleteStackCommand({ StackName: 's' }));
      await cloudFormation.idle();
      assert.equal(world.things.size, 0);
      assert.deepEqual(rig.errors, []);
    }),
    { numRuns: 60 },
  );
});
