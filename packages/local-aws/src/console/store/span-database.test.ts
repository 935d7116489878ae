import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listLogs, listTraces, readWholeTrace } from './read-store.ts';
import { SpanDatabase } from './span-database.ts';
import { rowOf, type SpanRow } from './span-row.ts';
import type { StoredLog, StoredSpan } from './stored.ts';

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

function span(number: number, changes: Partial<StoredSpan> = {}): SpanRow {
  return rowOf({
    traceId: hex(number, 32),
    spanId: hex(number, 16),
    parentId: null,
    links: [],
    kind: 'request',
    service: 'apigateway',
    resource: 'api',
    operation: 'GET /things',
    nodeId: null,
    stack: null,
    startUs: number * 1000,
    durationUs: 10,
    status: 'ok',
    error: null,
    attempt: 1,
    requestId: null,
    iam: [],
    input: null,
    output: { text: 'x'.repeat(1000), encoding: 'utf8', size: 1000, isTruncated: false },
    attributes: {},
    isKnown: false,
    ...changes,
  });
}

const line = (number: number): StoredLog => ({
  traceId: hex(number, 32),
  spanId: hex(number, 16),
  group: '/aws/lambda/f',
  functionName: 'f',
  timestamp: number,
  message: `line ${number}`,
});

const pagesOf = ({ database }: SpanDatabase): number => Number(database.prepare('PRAGMA page_count').get()?.page_count);

test('10,000 requests do not make it larger than the first thousand did', () => {
  const store = new SpanDatabase({ spans: 1000, logs: 1000, bytes: 64 * 1024 * 1024 });
  const write = (from: number, to: number): void => {
    for (let number = from; number < to; number += 10) {
      const numbers = Array.from({ length: 10 }, (_, index) => number + index);
      store.write({ spans: numbers.map((each) => span(each)), logs: numbers.map(line) });
    }
  };
  write(0, 1100);
  const pages = pagesOf(store);
  write(1100, 10_000);
  assert.ok(pagesOf(store) <= pages * 1.1, `${pages} pages became ${pagesOf(store)}`);
  const { spans, logs } = store.size;
  assert.ok(spans <= 1000 && spans > 900, `${spans} spans`);
  assert.ok(logs <= 1000 && logs > 900, `${logs} lines`);
  assert.equal(Number(store.database.prepare('SELECT count(*) AS n FROM trace').get()?.n), spans);
  assert.equal(listTraces(store, { limit: 1 }).traces[0]?.traceId, hex(9999, 32));
  assert.equal(readWholeTrace(store, hex(0, 32)), undefined);
});

test('large payloads count by their bytes', () => {
  const store = new SpanDatabase({ spans: 1_000_000, logs: 1_000_000, bytes: 1024 * 1024 });
  const text = 'y'.repeat(64 * 1024);
  for (let number = 0; number < 500; number += 1) {
    const output = { text, encoding: 'utf8', size: text.length, isTruncated: true } as const;
    store.write({ spans: [span(number, { output })], logs: [{ ...line(number), message: text }] });
  }
  assert.ok(store.size.bytes <= 1024 * 1024, `${store.size.bytes} bytes`);
  assert.ok(store.size.spans >= 1);
});

test('a span that was stored while it ran is counted once, and its trace ends with it', () => {
  const store = new SpanDatabase({ spans: 100, logs: 100, bytes: 1e6 });
  store.write({ spans: [span(1, { status: 'running', output: null })], logs: [] });
  assert.equal(listTraces(store, { limit: 1 }).traces[0]?.status, 'running');
  store.write({ spans: [span(1, { status: 'error', isKnown: true })], logs: [] });
  assert.deepEqual(
    listTraces(store, { limit: 10 }).traces.map(({ status, spanCount, errorCount }) => [status, spanCount, errorCount]),
    [['error', 1, 1]],
  );
  assert.equal(store.size.spans, 1);
});

test('the entry of a trace is its first span, which ends last', () => {
  const store = new SpanDatabase({ spans: 100, logs: 100, bytes: 1e6 });
  const traceId = hex(1, 32);
  store.write({
    spans: [
      span(2, { traceId, parentId: hex(1, 16), kind: 'call', service: 'sqs', operation: 'SendMessage', startUs: 2000 }),
      span(1, { startUs: 1000, operation: 'POST /things', attributes: { httpStatus: 202 } }),
    ],
    logs: [],
  });
  const [trace] = listTraces(store, { limit: 1 }).traces;
  assert.deepEqual([trace?.entry, trace?.httpStatus, trace?.spanCount], ['POST /things', 202, 2]);
});

test('text is searched for as it is, with the wildcards of SQL too', () => {
  const store = new SpanDatabase({ spans: 100, logs: 100, bytes: 1e6 });
  store.write({ spans: [span(1, { operation: 'GET /a_b%c' }), span(2, { operation: 'GET /axbyc' })], logs: [line(1)] });
  const found = (q: string) => listTraces(store, { q, limit: 10 }).traces.map(({ traceId }) => traceId);
  assert.deepEqual(found('a_b%c'), [hex(1, 32)]);
  assert.deepEqual(found("' OR 1=1 --"), []);
  assert.equal(listLogs(store, { q: '%', limit: 10 }).logs.length, 0);
});
