import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OutputLines } from './output-lines.ts';

test('lines come out whole, however output is cut, also inside of a character', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n') });
  fc.assert(
    fc.property(text, fc.infiniteStream(fc.integer({ min: 1, max: 7 })), (output, sizes) => {
      const bytes = Buffer.from(output);
      const lines = new OutputLines();
      const found: string[] = [];
      for (let start = 0; start < bytes.length; ) {
        const end = start + sizes.next().value;
        found.push(...lines.add(bytes.subarray(start, end)));
        start = end;
      }
      assert.deepEqual([...found, lines.takeRest()], output.split('\n'));
    }),
  );
});

test('a line that is too long for one log event becomes several', () => {
  const lines = new OutputLines();
  assert.deepEqual(
    lines.add(Buffer.from(`${'x'.repeat(600_000)}\nshort\n`)).map(({ length }) => length),
    [262_144, 262_144, 75_712, 5],
  );
});
