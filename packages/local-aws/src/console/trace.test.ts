import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LogList, Permissions, Span, Trace } from './api-types.ts';
import { outline, type Pipeline, startPipeline } from './pipeline.fixture.ts';

let pipeline: Pipeline;
let sqs: SQSClient;
before(async () => {
  pipeline = await startPipeline();
  sqs = new SQSClient(pipeline.endpoint.clientConfig);
});
after(() => pipeline.close());

type Wanted = Partial<Pick<Span, 'kind' | 'service' | 'resource' | 'operation' | 'status' | 'attempt' | 'parentId'>>;

const fits = (span: Span, wanted: Wanted): boolean =>
  Object.entries(wanted).every(([name, value]) => Reflect.get(span, name) === value);

function find({ spans }: Trace, wanted: Wanted): Span {
  const found = spans.find((span) => fits(span, wanted));
  assert.ok(found, `There is no ${JSON.stringify(wanted)} in\n${outline(spans)}`);
  return found;
}

const has =
  (...all: Wanted[]) =>
  ({ spans }: Trace): boolean =>
    all.every((wanted) => spans.some((span) => fits(span, wanted)));

async function queueUrl(QueueName: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  return QueueUrl ?? '';
}

describe('a request that a queue, a function, a table and its stream carry on', () => {
  let trace: Trace;
  before(async () => {
    const answer = await pipeline.send('/messages', { id: 'friend-1', authorization: 'very-secret-word' });
    assert.equal(answer.status, 202);
    trace = await pipeline.trace(
      'POST /messages',
      has(
        { service: 'sns', operation: 'to sqs arn:aws:sqs:us-east-1:000000000000:notices', status: 'ok' },
        { kind: 'invocation', resource: 'take-friend', status: 'ok' },
        { kind: 'delivery', resource: 'take-other', status: 'filtered' },
        { kind: 'delivery', resource: 'things-pipe', status: 'ok' },
      ),
    );
  });

  it('is one trace, and each hop hangs below the one that led to it', () => {
    const request = find(trace, { kind: 'request' });
    const gateway = find(trace, { kind: 'gateway', parentId: request.spanId });
    const send = find(trace, { kind: 'call', operation: 'SendMessage', parentId: gateway.spanId });
    const delivery = find(trace, { kind: 'delivery', operation: 'from queue', parentId: send.spanId });
    const invocation = find(trace, { kind: 'invocation', resource: 'write', parentId: delivery.spanId });
    const put = find(trace, { kind: 'call', operation: 'PutItem', parentId: invocation.spanId });
    const pipe = find(trace, { kind: 'delivery', service: 'pipes', parentId: put.spanId });
    find(trace, { kind: 'invocation', resource: 'enrich', parentId: pipe.spanId });
    const publish = find(trace, { kind: 'call', operation: 'Publish', parentId: pipe.spanId });
    find(trace, { kind: 'delivery', service: 'sns', status: 'ok', parentId: publish.spanId });
    assert.equal(new Set(trace.spans.map(({ traceId }) => traceId)).size, 1);
    assert.equal(trace.summary.httpStatus, 202);
    assert.equal(trace.summary.status, 'ok');
    assert.deepEqual(trace.summary.stacks, ['pipeline']);
  });

  it('answers with the id of its trace', async () => {
    const answer = await pipeline.send('/messages', { id: 'quiet-1' });
    const [, seconds, random] = /^Root=1-(\w{8})-(\w{24})$/.exec(answer.headers.get('x-amzn-trace-id') ?? '') ?? [];
    const { summary } = await pipeline.get<Trace>(`/traces/1-${seconds}-${random}`);
    assert.equal(summary.entry.endsWith('/messages'), true);
  });

  it('shows what the mapping template made', () => {
    const { attributes } = find(trace, { kind: 'gateway' });
    assert.equal(attributes.steps?.[0]?.name, 'Mapped request');
    assert.match(attributes.steps?.[0]?.text ?? '', /^Action=SendMessage&MessageBody=%7B%22id%22/);
    assert.equal(find(trace, { kind: 'gateway' }).output?.text, '{"accepted":true}');
  });

  it('shows which filter patterns matched and which did not', () => {
    const matched = find(trace, { kind: 'delivery', resource: 'take-friend' });
    assert.equal(matched.attributes.isMatched, true);
    const filtered = find(trace, { kind: 'delivery', resource: 'take-other' });
    const [filter] = filtered.attributes.filters ?? [];
    assert.equal(filter?.isMatched, false);
    assert.match(filter?.pattern ?? '', /other/);
    find(trace, { service: 'sns', status: 'filtered' });
  });

  it('has the steps of the pipe', () => {
    const { attributes } = find(trace, { kind: 'delivery', service: 'pipes' });
    assert.deepEqual(
      attributes.steps?.map(({ name, text }) => [name, JSON.parse(text)]),
      [
        ['Enrichment input', [{ id: 'friend-1' }]],
        ['Enrichment output', [{ id: 'friend-1', enriched: true }]],
        ['Target input', [{ id: 'friend-1', enriched: true }]],
      ],
    );
  });

  it('has the decision of IAM on each call, with the statement behind it', () => {
    const [decision] = find(trace, { operation: 'PutItem' }).iam;
    assert.deepEqual(decision, {
      action: 'dynamodb:PutItem',
      resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/things',
      principal: 'arn:aws:sts::000000000000:assumed-role/pipeline-role/write',
      isAllowed: true,
      statement: {
        policy: 'own',
        sid: 'Write',
        effect: 'Allow',
        actions: ['dynamodb:PutItem'],
        resources: ['arn:aws:dynamodb:us-east-1:000000000000:table/things'],
      },
    });
  });

  it('marks cold starts, and has the lines that the function logged', () => {
    const invocation = find(trace, { kind: 'invocation', resource: 'write' });
    assert.equal(typeof invocation.attributes.isCold, 'boolean');
    const lines = trace.logs.filter(({ spanId }) => spanId === invocation.spanId);
    assert.ok(lines.some(({ message, level }) => level === 'INFO' && message.includes('writing friend-1')));
    assert.ok(lines.some(({ message, level }) => level === 'PLATFORM' && message.startsWith('REPORT')));
    const taken = trace.logs.find(({ functionName }) => functionName === 'take-friend');
    assert.ok(taken);
  });

  it('keeps no credentials, in payloads, headers and logs', () => {
    const text = JSON.stringify(trace);
    const at = text.indexOf('very-secret');
    assert.equal(at < 0 ? '' : text.slice(Math.max(0, at - 100), at + 50), '');
    assert.ok(text.includes('[redacted]'));
  });

  it('is found by its text, its stack, its service and its state', async () => {
    const list = async (query: string): Promise<string[]> =>
      (await pipeline.get<{ traces: { traceId: string }[] }>(`/traces?${query}`)).traces.map(({ traceId }) => traceId);
    const { traceId } = trace.summary;
    for (const query of [
      'q=friend-1',
      'stack=pipeline',
      'service=sns',
      'resource=things',
      'status=ok',
      `q=${traceId}`,
    ]) {
      assert.ok((await list(query)).includes(traceId), query);
    }
    for (const query of ['q=nowhere', 'stack=other', 'service=s3', 'status=error&q=friend-1', 'minDurationMs=600000']) {
      assert.ok(!(await list(query)).includes(traceId), query);
    }
  });

  it('can be read in pages, newest first', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      type Page = { readonly traces: readonly { readonly traceId: string }[]; readonly nextCursor: string | null };
      const page: Page = await pipeline.get(`/traces?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.traces.map(({ traceId }) => traceId));
      cursor = page.nextCursor;
    }
    assert.ok(seen.includes(trace.summary.traceId));
    assert.equal(new Set(seen).size, seen.length);
  });
});

describe('a message that fails', () => {
  it('shows its attempts, its dead-letter queue and its redrive', async () => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: await queueUrl('jobs'),
        MessageBody: JSON.stringify({ id: 'friend-2', fails: true }),
      }),
    );
    const isDead = ({ spans }: Trace): boolean =>
      spans.some(({ attributes }) => attributes.mechanism === 'dead-letter') &&
      spans.some(({ input }) => input?.text.includes('friend-2') === true);
    const trace = await pipeline.trace('SendMessage jobs', isDead);
    const attempts = trace.spans.filter((span) => fits(span, { kind: 'delivery', operation: 'from queue' }));
    assert.deepEqual(
      attempts.map(({ attempt, status }) => [attempt, status]),
      [
        [1, 'error'],
        [2, 'error'],
      ],
    );
    const { error } = find(trace, { kind: 'invocation', status: 'error' });
    assert.equal(error?.type, 'TypeError');
    assert.equal(error?.message, 'will not write friend-2');
    assert.ok(error?.stack !== undefined && error.stack.length > 0);
    assert.equal(trace.summary.status, 'error');

    const [message] = (
      await pipeline.get<{ messages: { messageId: string; traceId: string }[] }>('/queues/dead-jobs/messages')
    ).messages;
    assert.equal(message?.traceId, trace.summary.traceId);
    const redriven = await pipeline.post('/queues/dead-jobs/redrive', { messageIds: [message?.messageId] });
    assert.deepEqual(await redriven.json(), { moved: 1 });
    const again = await pipeline.trace('SendMessage jobs', ({ spans }) => {
      const redrive = spans.find(({ attributes }) => attributes.mechanism === 'redrive');
      return spans.some((span) => fits(span, { operation: 'from queue', parentId: redrive?.spanId ?? '' }));
    });
    assert.equal(again.summary.traceId, trace.summary.traceId);
  });
});

describe('a batch of messages from several traces', () => {
  it('is a trace of its own with a link to each, and is shown with each of them', async () => {
    const QueueUrl = await queueUrl('jobs');
    const { EventSourceMappings } = await pipeline.aws<{ EventSourceMappings: { UUID: string; State: string }[] }>(
      'lambda/ListEventSourceMappings',
      { FunctionName: 'write' },
    );
    const UUID = EventSourceMappings[0]?.UUID ?? '';
    const setMapping = async (change: object, state: string): Promise<void> => {
      await pipeline.aws('lambda/UpdateEventSourceMapping', { UUID, ...change });
      for (;;) {
        const { State } = await pipeline.aws<{ State: string }>('lambda/GetEventSourceMapping', { UUID });
        if (State === state) return;
      }
    };
    await setMapping({ Enabled: false }, 'Disabled');
    for (const id of ['batch-1', 'batch-2', 'batch-3']) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ id }) }));
    }
    await setMapping({ Enabled: true, BatchSize: 10 }, 'Enabled');
    const batch = await pipeline.trace(
      'lambda from queue write',
      has({ kind: 'call', operation: 'PutItem' }, { kind: 'invocation', resource: 'write', status: 'ok' }),
    );
    const delivery = find(batch, { kind: 'delivery', operation: 'from queue', parentId: null });
    assert.equal(delivery.attributes.batchSize, 3);
    assert.deepEqual(
      delivery.links.map(({ index }) => index),
      [0, 1, 2],
    );
    for (const { traceId, spanId } of delivery.links) {
      const { spans } = await pipeline.get<Trace>(`/traces/${traceId}`);
      assert.equal(spans.find((span) => span.spanId === spanId)?.operation, 'SendMessage');
      // With what the whole batch led to.
      assert.ok(spans.some((span) => span.traceId === delivery.traceId && span.kind === 'invocation'));
    }
  });
});

describe('an API whose function calls another function', () => {
  it('shows the function that it invokes', async () => {
    const answer = await pipeline.send('/questions', { question: 1 });
    assert.equal(answer.status, 200);
    const trace = await pipeline.trace(
      'POST /questions',
      has({ kind: 'invocation', resource: 'enrich', status: 'ok' }),
    );
    const ask = find(trace, { kind: 'invocation', resource: 'ask' });
    const call = find(trace, { kind: 'call', service: 'lambda', operation: 'Invoke', parentId: ask.spanId });
    find(trace, { kind: 'invocation', resource: 'enrich', parentId: call.spanId });
    const { roles } = await pipeline.get<Permissions>('/permissions');
    const role = roles.find((candidate) => candidate.role === 'pipeline-role');
    assert.deepEqual(role?.usedBy.includes('ask'), true);
    assert.match(JSON.stringify(role?.smallestPolicy), /lambda:InvokeFunction/);
  });
});

describe('a call that the role of a function does not permit', () => {
  it('shows the denial and why, and the error of the function', async () => {
    assert.equal((await pipeline.send('/questions', { forbidden: true })).status, 500);
    const trace = await pipeline.trace(
      'POST /questions',
      has({ kind: 'call', operation: 'GetItem', status: 'error' }, { kind: 'request', status: 'error' }),
    );
    const call = find(trace, { kind: 'call', operation: 'GetItem' });
    assert.deepEqual(
      call.iam.map(({ action, isAllowed, deniedBy, statement }) => [action, isAllowed, deniedBy, statement]),
      [['dynamodb:GetItem', false, 'identity-based policy', undefined]],
    );
    assert.equal(call.error?.type, 'AccessDeniedException');
    assert.equal(find(trace, { kind: 'invocation', resource: 'ask' }).error?.type, 'AccessDeniedException');
    const { roles } = await pipeline.get<Permissions>('/permissions');
    const role = roles.find((candidate) => candidate.role === 'pipeline-role');
    assert.ok(role?.denied.some(({ action }) => action === 'dynamodb:GetItem'));
  });
});

describe('the logs', () => {
  it('can be filtered by function, level and text', async () => {
    const { logs } = await pipeline.get<LogList>('/logs?function=write&level=INFO&q=writing');
    assert.ok(logs.length > 0);
    assert.ok(logs.every(({ functionName, level }) => functionName === 'write' && level !== 'PLATFORM'));
    const structured = await pipeline.get<LogList>('/logs?function=take-friend&correlationId=c-1');
    assert.ok(structured.logs.every(({ correlationId }) => correlationId === 'c-1'));
  });
});
