import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentMap } from './recent-map.ts';

test('forgets what was set first, beyond a number of entries', () => {
  const map = new RecentMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  assert.deepEqual([map.get('a'), map.has('b'), map.get('c')], [3, false, 4]);
});

test('forgets what was set first, beyond a number of bytes', () => {
  const map = new RecentMap<string, number>(10, 100);
  map.set('a', 1, 60);
  map.set('b', 2, 40);
  assert.equal(map.has('a'), true);
  map.set('c', 3, 50);
  assert.deepEqual([map.has('a'), map.has('b'), map.has('c')], [false, true, true]);
  map.set('large', 4, 101);
  assert.deepEqual([map.has('c'), map.has('large')], [false, false]);
  map.set('d', 5, 100);
  assert.equal(map.get('d'), 5);
});
