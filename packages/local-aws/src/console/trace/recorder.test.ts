import assert from 'node:assert/strict';
import { afterEach, beforeEach, it, mock } from 'node:test';
import type { Batch } from '../store/stored.ts';
import { describeSpan } from './describe-span.ts';
import { OpenSpan } from './open-span.ts';
import { Recorder } from './recorder.ts';

const nodes = { find: () => undefined, route: () => undefined, node: () => undefined };
const call = { kind: 'call', service: 'sqs', resource: 'Queue', operation: 'SendMessage' } as const;
const spanIds = (batches: readonly Batch[]) => batches.flatMap(({ spans }) => spans.map(({ spanId }) => spanId));

function recorded({ isFollowed = false } = {}) {
  const batches: Batch[] = [];
  const recorder = new Recorder({
    write: (batch) => batches.push(batch),
    nodeOf: () => undefined,
    describe: (span, node) => describeSpan(span, node, nodes, { roleByArn: () => undefined }),
    isFollowed: () => isFollowed,
  });
  const start = () => {
    const span = new OpenSpan(call, { traceId: '0'.repeat(32), parentId: undefined, links: [], now: 0 });
    recorder.started(span);
    return span;
  };
  const end = (span: OpenSpan) => {
    span.end();
    recorder.ended(span);
    return span.spanId;
  };
  return { recorder, batches, start, end };
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] }));
afterEach(() => mock.timers.reset());

it('a burst reaches the store in parts, whole and in order', () => {
  const { batches, start, end } = recorded();
  const ids = Array.from({ length: 70 }, () => end(start()));
  mock.timers.tick(500);
  assert.deepEqual(
    batches.map(({ spans }) => spans.length),
    [25, 25, 20],
  );
  assert.deepEqual(spanIds(batches), ids);
});

it('a question gets all of a burst, of which a part was on its way', () => {
  const { recorder, batches, start, end } = recorded();
  const ids = Array.from({ length: 40 }, () => end(start()));
  mock.timers.tick(499);
  ids.push(end(start()));
  recorder.flush();
  assert.deepEqual(spanIds(batches), ids);
  mock.timers.tick(1000);
  assert.equal(spanIds(batches).length, ids.length);
});

it('one that still runs is stored as such, and again when it has ended', () => {
  const { batches, start, end } = recorded();
  const span = start();
  mock.timers.tick(500);
  end(span);
  mock.timers.tick(500);
  assert.deepEqual(
    batches.flatMap(({ spans }) => spans.map(({ status, isKnown }) => ({ status, isKnown }))),
    [
      { status: 'running', isKnown: false },
      { status: 'ok', isKnown: true },
    ],
  );
});

it('a client that follows sees a span within a tenth of a second', () => {
  const { batches, start, end } = recorded({ isFollowed: true });
  end(start());
  mock.timers.tick(100);
  assert.equal(spanIds(batches).length, 1);
});
