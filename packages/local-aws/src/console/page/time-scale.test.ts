import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { timeScale } from '../../../console/screens/trace/time-scale.ts';

const second = 1_000_000;

test('time that something takes is drawn to scale', () => {
  const { at, gaps } = timeScale([{ startUs: 0, durationUs: 100 * second }]);
  assert.equal(gaps.length, 0);
  assert.equal(at(25 * second), 0.25);
});

test('a wait of minutes between two attempts is drawn short', () => {
  const { at, gaps } = timeScale([
    { startUs: 0, durationUs: second },
    { startUs: 300 * second, durationUs: second },
  ]);
  assert.deepEqual(
    gaps.map(({ fromUs, toUs }) => [fromUs, toUs]),
    [[second, 300 * second]],
  );
  assert.ok(at(second) > 0.4);
  assert.ok(at(300 * second) < 0.6);
});

test('a short run after a long wait has a width', () => {
  const { at } = timeScale([
    { startUs: 0, durationUs: second },
    { startUs: 300 * second, durationUs: 1 },
  ]);
  assert.ok(at(300 * second + 1) - at(300 * second) > 0.01);
});

test('later moments are never to the left of earlier ones', () => {
  const spans = fc.array(fc.record({ startUs: fc.nat(1e9), durationUs: fc.nat(1e7) }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(spans, (all) => {
      const { at } = timeScale(all);
      const moments = all.flatMap(({ startUs, durationUs }) => [startUs, startUs + durationUs]).sort((a, b) => a - b);
      const places = moments.map(at);
      assert.ok(places.every((place, index) => place >= (places[index - 1] ?? 0) && place <= 1.000001));
    }),
  );
});
