import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startEndpoint } from '../../endpoint.ts';
import { until } from '../../testing/until.ts';
import { startPipeline } from '../pipeline.fixture.ts';
import { startCollector } from './otlp-collector.fixture.ts';

test('every span of a request arrives at the collector, as the protocol has it', async (t) => {
  const collector = await startCollector();
  t.after(() => collector.close());
  const pipeline = await startPipeline({ otlp: collector.url });
  const answer = await pipeline.send('/messages', { id: 'friend-1' });
  assert.equal(answer.status, 202);
  const trace = await pipeline.trace('POST /messages', ({ spans }) =>
    spans.some(({ service, status }) => service === 'sns' && status === 'filtered'),
  );
  // What waits is sent before the endpoint ends.
  await pipeline.close();
  assert.deepEqual(collector.problems, []);
  const received = collector.spans.filter(({ traceId }) => traceId === trace.summary.traceId);
  const ids = new Set(received.map(({ spanId }) => spanId));
  assert.deepEqual(
    trace.spans.filter(({ status, spanId }) => status !== 'running' && !ids.has(spanId)),
    [],
  );
  const root = received.find(({ parentSpanId }) => parentSpanId === undefined);
  assert.equal(root?.name, 'POST /messages');
  assert.equal(root?.serviceName, 'messages-api');
  assert.ok(received.some(({ serviceName, name }) => serviceName === 'write' && name === 'Invoke write'));
  assert.doesNotMatch(JSON.stringify(received), /very-secret/);
});

test('a collector that was unreachable receives the spans of that time, and one note reports it', async (t) => {
  const collector = await startCollector();
  t.after(() => collector.close());
  const notes: string[] = [];
  const endpoint = await startEndpoint({ otlp: `${collector.url}/v1/traces`, onNote: (note) => notes.push(note) });
  t.after(() => endpoint.close());
  collector.refuse(2);
  const sqs = new SQSClient({ ...endpoint.clientConfig, maxAttempts: 1 });
  // There is no such queue: the call is a span with an error.
  const QueueUrl = `${endpoint.url}/000000000000/nowhere`;
  await assert.rejects(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })));
  await until('a span at the collector', () => collector.spans.length > 0);
  await until('the note that it works again', () => notes.some((note) => note.includes('again')));
  const [span] = collector.spans;
  assert.equal(span?.status.code, 2);
  assert.equal(span?.events[0]?.name, 'exception');
  assert.deepEqual(collector.problems, []);
  assert.equal(notes.filter((note) => note.includes('cannot be sent')).length, 1);
});
