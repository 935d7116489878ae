import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanRows } from '../../../console/screens/trace/span-tree.ts';
import type { Span, SpanLink } from '../api-types.ts';

type Part = {
  readonly id: string;
  readonly parent?: string;
  readonly links?: readonly SpanLink[];
  readonly size?: number;
};

function span({ id, parent, links = [], size }: Part): Span {
  return {
    traceId: 'trace',
    spanId: id,
    parentId: parent ?? null,
    links,
    kind: 'call',
    service: 'sqs',
    resource: '',
    operation: '',
    nodeId: null,
    startUs: 0,
    durationUs: 1,
    status: 'ok',
    error: null,
    attempt: 1,
    requestId: null,
    iam: [],
    input: null,
    output: null,
    attributes: size === undefined ? {} : { batchSize: size },
  };
}

const shown = (parts: readonly Part[], folded: readonly string[] = []): readonly string[] =>
  spanRows(parts.map(span), new Set(folded)).map(
    ({ span: { spanId }, depth, position }) =>
      `${'.'.repeat(depth)}${spanId}${position === undefined ? '' : ` ${position}`}`,
  );

test('a span stands below its parent, and siblings in the order of their start', () => {
  const parts = [{ id: 'a' }, { id: 'b', parent: 'a' }, { id: 'c', parent: 'a' }, { id: 'd', parent: 'b' }];
  assert.deepEqual(shown(parts), ['a', '.b', '..d', '.c']);
});

test('a batch stands below the span that sent the message, with its position', () => {
  const links = [{ traceId: 'trace', spanId: 'send', index: 2 }];
  assert.deepEqual(shown([{ id: 'send' }, { id: 'batch', links, size: 10 }]), ['send', '.batch 3 of 10']);
});

test('a batch with several messages of the trace says how many', () => {
  const links = ['send', 'other'].map((spanId, index) => ({ traceId: 'trace', spanId, index }));
  const parts = [{ id: 'send' }, { id: 'other' }, { id: 'batch', links, size: 5 }];
  assert.deepEqual(shown(parts), ['send', '.batch 2 of 5', 'other']);
});

test('a span whose parent is not kept stands at the top', () => {
  assert.deepEqual(shown([{ id: 'a', parent: 'gone' }]), ['a']);
});

test('what is below a folded span is left out', () => {
  assert.deepEqual(shown([{ id: 'a' }, { id: 'b', parent: 'a' }, { id: 'c' }], ['a']), ['a', 'c']);
});

test('a chain of 10,000 spans is shown', () => {
  const parts = Array.from({ length: 10_000 }, (_, index) => ({
    id: `${index}`,
    ...(index > 0 && { parent: `${index - 1}` }),
  }));
  assert.equal(shown(parts).length, 10_000);
});
