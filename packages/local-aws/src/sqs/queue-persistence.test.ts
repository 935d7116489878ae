import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { memoryState } from '../core/memory-state.fixture.ts';
import { KeptQueues } from './kept-queue.ts';
import { QueueStore } from './queue-store.ts';

describe('kept queues', () => {
  it('have their messages, in flight, delayed and in order, after a restart', async () => {
    const clock = new ManualClock();
    const state = memoryState();
    const open = () => new QueueStore({ clock, state, endpointUrl: () => 'http://localhost:4566' });
    const content = { attributes: {}, senderId: 'me', groupId: 'g' };
    const receive = (store: QueueStore) =>
      store
        .byUrl('q.fifo')
        .receive({ max: 10, visibilityTimeout: 30 }, 0)
        .then((all) => all.map(({ message }) => message.body));

    const before = open();
    const queue = before.create('q.fifo', 'us-east-1', { FifoQueue: 'true' }, { team: 'a' });
    queue.send({ ...content, body: 'first' }, 0);
    assert.deepEqual(await receive(before), ['first']);
    queue.send({ ...content, body: 'second' }, 0);
    queue.send({ ...content, body: 'other', groupId: 'h' }, 60);
    before.close();

    const after = open();
    assert.equal(after.urlOf(after.byUrl('q.fifo')), 'http://localhost:4566/000000000000/q.fifo');
    assert.deepEqual([...after.byUrl('q.fifo').tags], [['team', 'a']]);
    assert.deepEqual(await receive(after), [], 'its group is still in flight');
    await clock.advance(30_000);
    assert.deepEqual(await receive(after), ['first', 'second']);
    await clock.advance(30_000);
    assert.deepEqual((await receive(after)).toSorted(), ['first', 'other', 'second']);
    after.byUrl('q.fifo').send({ ...content, body: 'third' }, 0);
    const numbers = [...new KeptQueues(state).load().messages.values()]
      .flat()
      .map(({ message }) => message.sequenceNumber);
    assert.equal(new Set(numbers).size, 4, 'sequence numbers go on');
  });

  it('know duplicates of messages that are long gone, and go on counting, after a restart', async () => {
    const clock = new ManualClock();
    const state = memoryState();
    const open = () => new QueueStore({ clock, state, endpointUrl: () => 'http://localhost:4566' });
    const order = { body: 'order 1', attributes: {}, senderId: 'me', groupId: 'g', deduplicationId: 'order-1' };
    const receive = async (store: QueueStore) =>
      (await store.byUrl('q.fifo').receive({ max: 10, visibilityTimeout: 30 }, 0)).map(({ message }) => message.body);

    const before = open();
    const queue = before.create('q.fifo', 'us-east-1', { FifoQueue: 'true' }, {});
    const first = queue.send(order, 0);
    assert.deepEqual(await receive(before), ['order 1']);
    await clock.advance(60_000);
    queue.purge();
    before.close();

    const after = open();
    const { id, sequenceNumber } = after.byUrl('q.fifo').send(order, 0);
    assert.deepEqual([id, sequenceNumber], [first.id, first.sequenceNumber]);
    assert.deepEqual(await receive(after), []);
    await clock.advance(4 * 60_000);
    const second = after.byUrl('q.fifo').send(order, 0);
    assert.ok((second.sequenceNumber ?? '') > (first.sequenceNumber ?? ''), 'five minutes later it is a new message');
    assert.deepEqual(await receive(after), ['order 1']);
    after.close();
  });
});
