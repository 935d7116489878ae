import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dependencyOrder, runInDependencyOrder } from './dependency-order.ts';

/** Edges only to lower numbers, so that there is no circle; names shuffle what comes first. */
const acyclic = fc
  .array(fc.array(fc.nat(20), { maxLength: 4 }), { minLength: 1, maxLength: 20 })
  .chain((edges) =>
    fc
      .shuffledSubarray(
        edges.map((_, index) => index),
        { minLength: edges.length },
      )
      .map((order) => ({ edges, order })),
  )
  .map(
    ({ edges, order }) =>
      new Map(order.map((id) => [String(id), (edges[id] ?? []).filter((to) => to < id).map(String)])),
  );

const anyGraph = fc
  .array(fc.array(fc.nat(8), { maxLength: 3 }), { minLength: 1, maxLength: 9 })
  .map((edges) => new Map(edges.map((to, id) => [String(id), to.map(String)])));

test('everything comes once and after what it depends on', () => {
  fc.assert(
    fc.property(acyclic, (graph) => {
      const { order, circular } = dependencyOrder(graph);
      assert.deepEqual(circular, []);
      assert.deepEqual(order.toSorted(), [...graph.keys()].toSorted());
      for (const [id, before] of graph) {
        for (const other of before) assert.ok(order.indexOf(other) < order.indexOf(id));
      }
    }),
  );
});

test('resources in a circle are reported, whatever else there is', () => {
  const reaches = (graph: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean => {
    const seen = new Set<string>();
    const next = [...(graph.get(from) ?? [])];
    for (let id = next.pop(); id !== undefined; id = next.pop()) {
      if (id === to) return true;
      if (!seen.has(id)) next.push(...(graph.get(id) ?? []));
      seen.add(id);
    }
    return false;
  };
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { order, circular } = dependencyOrder(graph);
      for (const id of graph.keys()) if (reaches(graph, id, id)) assert.ok(circular.includes(id));
      for (const id of order) assert.ok(!reaches(graph, id, id));
      assert.equal(order.length + circular.length, graph.size);
    }),
  );
});

test('tasks run after what they depend on, all of them, whatever the graph', async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph, async (graph) => {
      const done: string[] = [];
      await runInDependencyOrder(
        graph,
        async (id) => {
          await Promise.resolve();
          done.push(id);
          return true;
        },
        { haltOnFailure: true },
      );
      assert.equal(done.length, graph.size);
      const { order } = dependencyOrder(graph);
      for (const id of order) {
        for (const before of graph.get(id) ?? []) {
          if (order.includes(before)) assert.ok(done.indexOf(before) < done.indexOf(id));
        }
      }
    }),
  );
});

test('independent tasks run side by side', async () => {
  const started: string[] = [];
  const gate = Promise.withResolvers<void>();
  const run = runInDependencyOrder(
    new Map([
      ['a', []],
      ['b', []],
      ['c', ['a', 'b']],
    ]),
    async (id) => {
      started.push(id);
      await gate.promise;
      return true;
    },
    { haltOnFailure: true },
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(started, ['a', 'b']);
  gate.resolve();
  await run;
  assert.deepEqual(started, ['a', 'b', 'c']);
});

const graph = new Map([
  ['bad', []],
  ['after', ['bad']],
  ['other', []],
  ['late', ['other']],
]);

for (const [haltOnFailure, expected] of [
  [false, ['bad', 'other', 'late']],
  [true, ['bad', 'other']],
] as const) {
  test(`a failure stops ${haltOnFailure ? 'everything that has not begun' : 'only what depends on it'}`, async () => {
    const begun: string[] = [];
    await runInDependencyOrder(
      graph,
      async (id) => {
        begun.push(id);
        return id !== 'bad';
      },
      { haltOnFailure },
    );
    assert.deepEqual(begun, expected);
  });
}
