import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Span, Trace } from './api-types.ts';
import { outline, type Pipeline, startPipeline } from './pipeline.fixture.ts';

let pipeline: Pipeline;
before(async () => {
  pipeline = await startPipeline();
});
after(() => pipeline.close());

const find = ({ spans }: Trace, wanted: Partial<Span>): Span => {
  const found = spans.find((span) =>
    Object.entries(wanted).every(([name, value]) => Reflect.get(span, name) === value),
  );
  assert.ok(found, `no ${JSON.stringify(wanted)} in\n${outline(spans)}`);
  return found;
};

describe('a request that a queue, a function, a table and its stream carry on', () => {
  it('is one trace with every hop', async () => {
    const answer = await pipeline.send('/messages', { id: 'friend-1', authorization: 'hidden' });
    assert.equal(answer.status, 202);
    const trace = await pipeline.trace('POST /messages', ({ spans }) =>
      spans.some(({ service, operation }) => service === 'sns' && operation.startsWith('to sqs')) &&
      spans.some(({ kind, resource, status }) => kind === 'invocation' && resource === 'take-friend' && status === 'ok'),
    );
    console.log(outline(trace.spans));
  });
});
