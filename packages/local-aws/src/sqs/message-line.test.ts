import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Link } from '../core/linked-list.ts';
import { FifoLine, type MessageLine, StandardLine } from './message-line.ts';

class Lined {
  readonly message: { readonly groupId: string; readonly sequenceNumber: string };
  place: Link<Lined> | undefined;
  /** How often its position was asked for. */
  looks = 0;

  constructor(groupId: string, position: number) {
    const sequenceNumber = String(position).padStart(20, '0');
    const look = (): string => {
      this.looks += 1;
      return sequenceNumber;
    };
    this.message = {
      groupId,
      get sequenceNumber() {
        return look();
      },
    };
  }
}

const positions = (messages: readonly Lined[]): number[] =>
  messages.map(({ message }) => Number(message.sequenceNumber));

function fill(line: MessageLine<Lined>, count: number): Lined[] {
  const messages = Array.from({ length: count }, (_, position) => new Lined('group', position));
  for (const message of messages) line.add(message);
  return messages;
}

describe('a line of messages', () => {
  it('forgets messages that are removed while they wait', () => {
    for (const line of [new StandardLine<Lined>(), new FifoLine<Lined>()]) {
      const messages = fill(line, 5);
      for (const message of messages.slice(0, 3)) line.remove(message);
      assert.ok(messages.slice(0, 3).every(({ place }) => place === undefined));
      assert.deepEqual(positions(line.take(10)), [3, 4]);
    }
  });

  it('puts a message of a large group back without looking at the others', () => {
    const line = new FifoLine<Lined>();
    const messages = fill(line, 10_000);
    const taken = line.take(10);
    for (const message of messages) message.looks = 0;
    for (const message of taken.toReversed()) line.putBack(message);
    const looks = messages.reduce((sum, message) => sum + message.looks, 0);
    assert.ok(looks <= 200, `${looks} comparisons`);
    assert.deepEqual(positions(line.take(3)), [0, 1, 2]);
  });

  it('goes on with other groups while messages of one are in flight', () => {
    const line = new FifoLine<Lined>();
    for (const [position, group] of ['a', 'a', 'b'].entries()) line.add(new Lined(group, position));
    const [first] = line.take(1);
    assert.deepEqual(positions(line.take(10)), [2]);
    assert.deepEqual(line.take(10), []);
    if (first !== undefined) line.release(first);
    assert.deepEqual(positions(line.take(10)), [1]);
  });
});
