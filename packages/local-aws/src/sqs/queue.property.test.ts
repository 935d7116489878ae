import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../core/clock.ts';
import { noStateStore } from '../core/state-store.ts';
import { createQueue } from './manage-queues.ts';
import type { Queue } from './queue.ts';
import { QueueStore } from './queue-store.ts';
import { ReceiptHandle } from './receipt-handle.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), group: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ kind: fc.constant('delete' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('hide' as const), which: fc.nat(), seconds: fc.constantFrom(0, 5, 60) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 10, 30) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What must be true of a queue, kept beside it as simply as can be. */
class Model {
  readonly clock = new ManualClock();
  readonly queue: Queue;
  readonly isFifo: boolean;
  /** Sent and not deleted, in that order. */
  readonly messages: { readonly id: string; readonly groupId: string }[] = [];
  /** By message, until when no other consumer may receive it. */
  readonly hidden = new Map<string, number>();
  readonly handles: { readonly id: string; readonly handle: ReceiptHandle; readonly receive: number }[] = [];
  readonly receives = new Map<string, number>();

  constructor(isFifo: boolean) {
    const store = new QueueStore({ clock: this.clock, state: noStateStore, endpointUrl: () => '' });
    this.isFifo = isFifo;
    this.queue = isFifo
      ? createQueue(store, 'q.fifo', 'us-east-1', { FifoQueue: 'true' }, {})
      : createQueue(store, 'q', 'us-east-1', {}, {});
  }

  async run(action: Step): Promise<void> {
    switch (action.kind) {
      case 'send': {
        const content = { body: 'x', attributes: {}, senderId: 'me', groupId: action.group };
        this.messages.push({ id: this.queue.send(content, 0).id, groupId: action.group });
        break;
      }
      case 'receive':
        await this.receive(action.max);
        break;
      case 'delete': {
        const held = this.handles[action.which % this.handles.length];
        if (held === undefined) break;
        const hasExpired = this.isFifo && this.isKept(held.id) && !(this.isLatest(held) && this.isHidden(held.id));
        assert.equal(this.queue.delete(held.handle), !hasExpired);
        if (this.isLatest(held) && !hasExpired) this.forget(held.id);
        break;
      }
      case 'hide': {
        const held = this.handles[action.which % this.handles.length];
        if (held === undefined) break;
        const isInFlight = this.isLatest(held) && this.isHidden(held.id);
        const isGood = this.isFifo ? isInFlight : this.isLatest(held);
        assert.equal(this.queue.changeVisibility(held.handle, action.seconds), isGood);
        if (isInFlight) this.hidden.set(held.id, this.clock.now() + action.seconds * 1000);
        break;
      }
      case 'wait':
        await this.clock.advance(action.seconds * 1000);
    }
    const { ready, delayed, inFlight } = this.queue.counts();
    const hidden = this.messages.filter(({ id }) => this.isHidden(id)).length;
    assert.deepEqual(
      { ready, delayed, inFlight },
      { ready: this.messages.length - hidden, delayed: 0, inFlight: hidden },
    );
  }

  async receive(max: number): Promise<number> {
    const available = this.messages.filter(
      ({ id, groupId }, at) => !this.isHidden(id) && !(this.isFifo && this.isHiddenBefore(at, groupId)),
    );
    const deliveries = await this.queue.receive({ max, visibilityTimeout: 30 }, 0);
    assert.equal(deliveries.length, Math.min(max, available.length));
    for (const group of ['a', 'b', 'c']) {
      const ofGroup = deliveries.map(({ message }) => message).filter(({ groupId }) => groupId === group);
      const expected = available.filter(({ groupId }) => groupId === group).slice(0, ofGroup.length);
      if (this.isFifo)
        assert.deepEqual(
          ofGroup.map(({ id }) => id),
          expected.map(({ id }) => id),
        );
    }
    for (const { message, receiptHandle, receiveCount } of deliveries) {
      assert.ok(
        available.some(({ id }) => id === message.id),
        'nobody else has it',
      );
      const receive = (this.receives.get(message.id) ?? 0) + 1;
      assert.equal(receiveCount, receive);
      this.receives.set(message.id, receive);
      this.hidden.set(message.id, this.clock.now() + 30_000);
      const handle = ReceiptHandle.parse(receiptHandle);
      assert.ok(handle);
      this.handles.push({ id: message.id, handle, receive });
    }
    assert.equal(new Set(deliveries.map(({ message }) => message.id)).size, deliveries.length);
    return deliveries.length;
  }

  isLatest({ id, receive }: { id: string; receive: number }): boolean {
    return this.receives.get(id) === receive && this.isKept(id);
  }

  isKept(id: string): boolean {
    return this.messages.some((message) => message.id === id);
  }

  isHiddenBefore(at: number, groupId: string): boolean {
    return this.messages.slice(0, at).some((message) => message.groupId === groupId && this.isHidden(message.id));
  }

  isHidden(id: string): boolean {
    return (this.hidden.get(id) ?? 0) > this.clock.now();
  }

  forget(id: string): void {
    this.messages.splice(
      this.messages.findIndex((message) => message.id === id),
      1,
    );
  }
}

for (const kind of ['standard', 'FIFO'] as const) {
  describe(`a ${kind} queue`, () => {
    it('loses nothing, gives nothing to two, and keeps its order, whatever is done to it', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
          const model = new Model(kind === 'FIFO');
          for (const action of steps) await model.run(action);
          model.queue.close();
        }),
        { numRuns: 150 },
      );
    });
  });
}
