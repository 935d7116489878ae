import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { noStateStore } from '../core/state-store.ts';
import { LogStore } from './log-store.ts';

const day = 24 * 60 * 60 * 1000;

function startStore() {
  const clock = new ManualClock();
  return { clock, store: new LogStore(clock, noStateStore, 'us-east-1') };
}

const messagesOf = (store: LogStore, group: string): string[] =>
  [...store.get(group).events.from({ timestamp: 0, sequence: 0 })].map(({ message }) => message);

describe('the log store', () => {
  it('drops events that are older than the retention of their group, by the clock', async () => {
    const { clock, store } = startStore();
    store.create({ name: 'kept', region: 'us-east-1', retentionInDays: 3 });
    store.append('kept', 's', [{ timestamp: clock.now(), message: 'first' }]);
    await clock.advance(2 * day);
    store.append('kept', 's', [{ timestamp: clock.now(), message: 'second' }]);
    assert.deepEqual(messagesOf(store, 'kept'), ['first', 'second']);
    await clock.advance(day + 1);
    assert.deepEqual(messagesOf(store, 'kept'), ['second']);
    assert.equal(store.page({ size: 10 }).items[0]?.storedBytes, 'second'.length);
    await clock.advance(2 * day);
    assert.deepEqual(messagesOf(store, 'kept'), []);
  });

  it('keeps 50,000 events of all groups together, the ones that came last', () => {
    const { store } = startStore();
    const events = (count: number) => Array.from({ length: count }, (_, index) => ({ timestamp: index, message: 'x' }));
    for (let group = 0; group < 7; group += 1) store.append(`group-${group}`, 's', events(8_000));
    const sizes = store.page({ size: 10 }).items.map((group) => group.events.size);
    assert.deepEqual(sizes, [2_000, ...Array.from({ length: 6 }, () => 8_000)]);
    const [first] = store.page({ size: 1 }).items;
    assert.equal(first?.streams.get('s')?.events.size, 2_000);
  });

  it('keeps 32 MB of all groups together, and always the last event', () => {
    const { store } = startStore();
    const message = 'x'.repeat(1024 * 1024);
    for (let group = 0; group < 100; group += 1) store.append(`group-${group}`, 's', [{ timestamp: 1, message }]);
    const bytes = store.page({ size: 100 }).items.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
    assert.equal(bytes, 32 * 1024 * 1024);
    store.append('huge', 's', [{ timestamp: 1, message: message.repeat(40) }]);
    assert.equal(store.get('huge').events.size, 1);
  });

  it('keeps the last thousand streams of a group with their events', () => {
    const { store } = startStore();
    for (let stream = 0; stream < 1_010; stream += 1) store.append('g', `s${stream}`, [{ timestamp: 1, message: 'x' }]);
    const { streams, events } = store.get('g');
    assert.deepEqual([streams.size, events.size, streams.has('s9'), streams.has('s10')], [1_000, 1_000, false, true]);
  });

  it('forgets the events of what is deleted', () => {
    const { store } = startStore();
    store.append('g', 'a', [{ timestamp: 1, message: 'one' }]);
    store.append('g', 'b', [{ timestamp: 2, message: 'two' }]);
    store.deleteStream(store.get('g'), 'a');
    assert.deepEqual([messagesOf(store, 'g'), store.get('g').storedBytes], [['two'], 3]);
    store.delete('g');
    store.append('g', 'a', []);
    assert.deepEqual(messagesOf(store, 'g'), []);
  });
});
