import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { startEndpoint } from '../endpoint.ts';
import type { Commands, Counts, QueryResult, SourceActivity, Topology, Trace } from './api-types.ts';
import { type Pipeline, startPipeline } from './pipeline.fixture.ts';

let pipeline: Pipeline;
let trace: Trace;
const account = '000000000000';
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${account}:${resource}`;

before(async () => {
  pipeline = await startPipeline();
  const answer = await pipeline.send('/messages', { id: 'friend-1' });
  assert.equal(answer.status, 202);
  trace = await pipeline.trace(
    'POST /messages',
    ({ spans }) =>
      spans.some(({ service, kind, status }) => service === 'sns' && kind === 'delivery' && status === 'ok') &&
      spans.some(
        ({ resource, kind, status }) => resource === 'take-friend' && kind === 'invocation' && status === 'ok',
      ),
  );
});
after(() => pipeline.close());

const startedAt = Date.now();

describe('the description of the API', () => {
  const document = parse(readFileSync(join(import.meta.dirname, 'openapi.yml'), 'utf8'));
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'api');

  for (const [path, template] of [
    ['/info'],
    ['/traces'],
    ['/logs'],
    ['/topology'],
    ['/counts'],
    ['/environments'],
    ['/sources'],
    ['/emails'],
    ['/permissions'],
    ['/faults'],
    ['/apis'],
    ['/queues/notices/messages', '/queues/{name}/messages'],
    ['/buckets/code/objects', '/buckets/{name}/objects'],
  ] as const) {
    it(`holds for ${path}`, async () => {
      const pointer = `/_local/api${template ?? path}`.replaceAll('/', '~1');
      const schema = `api#/paths/${pointer}/get/responses/200/content/application~1json/schema`;
      const validate = ajv.compile({ $ref: encodeURI(schema) });
      const body = await pipeline.get<unknown>(path);
      assert.ok(validate(body), JSON.stringify(validate.errors));
    });
  }

  it('holds for a trace', async () => {
    const validate = ajv.compile({ $ref: 'api#/components/schemas/Trace' });
    assert.ok(validate(trace), JSON.stringify(validate.errors));
  });

  it('is served', async () => {
    const served = await pipeline.get<{ paths: object }>('/openapi.json');
    assert.deepEqual(Object.keys(served.paths), Object.keys(document.paths));
  });
});

describe('the topology', () => {
  it('has every resource of the stack, and what leads from one to another', async () => {
    const { stacks, nodes, edges } = await pipeline.get<Topology>('/topology');
    assert.deepEqual(
      stacks.map(({ name, status }) => [name, status]),
      [['pipeline', 'CREATE_COMPLETE']],
    );
    const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
    assert.equal(kinds.get(arn('sqs', 'jobs')), 'queue');
    assert.equal(kinds.get(arn('sqs', 'dead-jobs')), 'dead-letter-queue');
    const mapping = nodes.find(({ kind, details }) => kind === 'mapping' && details.functionName === 'write');
    const route = nodes.find(({ kind, name }) => kind === 'route' && name === 'POST /messages');
    const stream = nodes.find(({ kind }) => kind === 'stream');
    const found = new Map(edges.map((edge) => [`${edge.from} ${edge.kind} ${edge.to}`, edge.isUsed]));
    const used = (from: string | undefined, kind: string, to: string | undefined) =>
      assert.equal(found.get(`${from} ${kind} ${to}`), true, `${from} ${kind} ${to}\n${[...found].join('\n')}`);
    used(route?.id, 'sends', arn('sqs', 'jobs'));
    used(arn('sqs', 'jobs'), 'feeds', mapping?.id);
    used(mapping?.id, 'invokes', arn('lambda', 'function:write'));
    used(arn('lambda', 'function:write'), 'uses', arn('dynamodb', 'table/things'));
    used(arn('dynamodb', 'table/things'), 'feeds', stream?.id);
    used(stream?.id, 'feeds', arn('pipes', 'pipe/things-pipe'));
    used(arn('pipes', 'pipe/things-pipe'), 'enriches', arn('lambda', 'function:enrich'));
    used(arn('pipes', 'pipe/things-pipe'), 'sends', arn('sns', 'news'));
    assert.equal(found.get(`${arn('sqs', 'jobs')} dead-letters ${arn('sqs', 'dead-jobs')}`), false);
    assert.equal(found.get(`${arn('lambda', 'function:ask')} invokes ${arn('lambda', 'function:enrich')}`), false);
  });

  it('counts messages, items, calls and environments', async () => {
    const { nodes, edges } = await pipeline.get<Counts>('/counts');
    assert.equal(nodes[arn('sqs', 'notices')]?.ready, 1);
    assert.equal(nodes[arn('dynamodb', 'table/things')]?.items, 1);
    assert.ok((nodes[arn('lambda', 'function:write')]?.calls ?? 0) >= 1);
    assert.ok((nodes[arn('lambda', 'function:write')]?.environments ?? 0) >= 1);
    assert.ok(Object.values(edges).length > 0);
    // How many there were in the last minute depends on how long the tests before took.
    assert.ok(Object.values(edges).every(({ lastAt }) => lastAt >= startedAt && lastAt <= Date.now()));
  });

  it('counts what the filters of mappings and pipes matched', async () => {
    const sources = await pipeline.get<SourceActivity[]>('/sources');
    const of = (name: string) => sources.find(({ targetArn, id }) => id === name || targetArn.endsWith(`:${name}`));
    assert.deepEqual([of('take-friend')?.recordsMatched, of('take-friend')?.recordsFiltered], [1, 0]);
    assert.deepEqual([of('take-other')?.recordsMatched, of('take-other')?.recordsFiltered], [0, 1]);
    assert.deepEqual([of('things-pipe')?.batches, of('things-pipe')?.state], [1, 'RUNNING']);
    assert.equal(Object.keys(of('take-friend')?.checkpoints ?? {}).length, 1);
  });
});

describe('a queue', () => {
  it('can be looked into without receiving its messages', async () => {
    type Peeked = { messages: { messageId: string; receiveCount: number; body: string; traceId: string }[] };
    const first = await pipeline.get<Peeked>('/queues/notices/messages');
    const second = await pipeline.get<Peeked>('/queues/notices/messages?state=ready&limit=1');
    assert.equal(first.messages.length, 1);
    assert.equal(second.messages[0]?.receiveCount, 0);
    assert.match(first.messages[0]?.body ?? '', /friend-1/);
    assert.equal(first.messages[0]?.traceId, trace.summary.traceId);
  });

  it('loses one message without receiving it, and knows which queues and messages there are', async () => {
    const sqs = new SQSClient(pipeline.endpoint.clientConfig);
    const { QueueUrl } = await pipeline.aws<{ QueueUrl: string }>('sqs/GetQueueUrl', { QueueName: 'dead-jobs' });
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const remove = (path: string) => fetch(`${pipeline.url}/_local/api/queues/${path}`, { method: 'DELETE' });
    assert.equal((await remove(`dead-jobs/messages/${MessageId}`)).status, 204);
    assert.equal((await remove(`dead-jobs/messages/${MessageId}`)).status, 404);
    assert.equal((await remove('nowhere/messages/x')).status, 404);
    assert.equal((await pipeline.post('/queues/dead-jobs/redrive', { messageIds: ['x'] })).status, 404);
  });
});

describe('the actions of AWS through the console', () => {
  it('take and give JSON, whatever protocol the service speaks', async () => {
    const { Table } = await pipeline.aws<{ Table: { TableName: string } }>('dynamodb/DescribeTable', {
      TableName: 'things',
    });
    assert.equal(Table.TableName, 'things');
    const { Topics } = await pipeline.aws<{ Topics: { TopicArn: string }[] }>('sns/ListTopics', {});
    assert.deepEqual(Topics, [{ TopicArn: arn('sns', 'news') }]);
    const { Attributes } = await pipeline.aws<{ Attributes: Record<string, string> }>('sns/GetTopicAttributes', {
      TopicArn: arn('sns', 'news'),
    });
    assert.equal(Attributes.TopicArn, arn('sns', 'news'));
    const { Stacks } = await pipeline.aws<{ Stacks: { StackName: string }[] }>('cloudformation/DescribeStacks', {});
    assert.equal(Stacks[0]?.StackName, 'pipeline');
    const { Roles } = await pipeline.aws<{ Roles: { RoleName: string }[] }>('iam/ListRoles', {});
    assert.ok(Roles.some(({ RoleName }) => RoleName === 'pipe-role'));
    const { Pipes } = await pipeline.aws<{ Pipes: { Name: string }[] }>('pipes/ListPipes', {});
    assert.deepEqual(
      Pipes.map(({ Name }) => Name),
      ['things-pipe'],
    );
    const answer = await pipeline.aws('lambda/Invoke', { FunctionName: 'enrich', Payload: '[{"a":1}]' });
    assert.deepEqual(answer, { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: '[{"a":1,"enriched":true}]' });
  });

  it('keep the code and status of an error', async () => {
    const answer = await pipeline.post('/aws/dynamodb/DescribeTable', { TableName: 'nowhere' });
    assert.equal(answer.status, 400);
    assert.equal(Reflect.get(Object(await answer.json()), 'code'), 'ResourceNotFoundException');
    assert.equal((await pipeline.post('/aws/dynamodb/Nothing', {})).status, 400);
    assert.equal((await pipeline.post('/aws/lambda/Nothing', {})).status, 404);
    assert.equal((await pipeline.post('/aws/nowhere/Nothing', {})).status, 404);
  });
});

describe('an API', () => {
  it('has an OpenAPI document, of its routes where it came without', async () => {
    const apis = await pipeline.get<{ apiId: string; name: string; path: string }[]>('/apis');
    const api = apis.find(({ name }) => name === 'messages-api');
    type Document = { paths: Record<string, object>; servers: { url: string }[] };
    const document = await pipeline.get<Document>(`/apis/${api?.apiId}/document`);
    assert.deepEqual(Object.keys(document.paths['/messages'] ?? {}), ['post']);
    const answer = await fetch(`${pipeline.url}${document.servers[0]?.url}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"id":"quiet-3"}',
    });
    assert.equal(answer.status, 202);
  });
});

describe('SQL over spans and logs', () => {
  const query = async (sql: string, parameters?: (string | number)[]): Promise<Response> =>
    pipeline.post('/query', { sql, ...(parameters !== undefined && { parameters }) });

  it('answers a SELECT', async () => {
    const answer = await query('SELECT operation, status FROM spans WHERE trace_id = ? AND kind = ?', [
      trace.summary.traceId,
      'request',
    ]);
    const expected: QueryResult = {
      columns: ['operation', 'status'],
      rows: [['POST /messages', 'ok']],
      isTruncated: false,
    };
    assert.deepEqual(await answer.json(), expected);
    const logs = await query('SELECT count(*) FROM logs WHERE function_name = ?', ['write']);
    assert.match(await logs.text(), /"rows":\[\[\d+\]\]/);
  });

  for (const sql of ['DELETE FROM spans', "ATTACH '/tmp/x.db' AS x", 'PRAGMA user_version = 1', 'nonsense']) {
    it(`refuses ${sql}`, async () => {
      const answer = await query(sql);
      assert.equal(answer.status, 400, await answer.text());
    });
  }

  it('changes nothing by a second statement', async () => {
    await query('SELECT 1; DELETE FROM span');
    const answer: QueryResult = JSON.parse(await (await query('SELECT count(*) FROM spans')).text());
    assert.ok(Number(answer.rows[0]?.[0]) > 0);
  });

  it('ends a query that takes too long, and blocks nothing meanwhile', async () => {
    const endless = query('WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n');
    const started = performance.now();
    await pipeline.get('/traces?limit=1');
    assert.ok(performance.now() - started < 1500);
    assert.equal((await endless).status, 408);
  });
});

describe('faults', () => {
  const dynamoDb = () => new DynamoDBClient({ ...pipeline.endpoint.clientConfig, maxAttempts: 1 });
  const put = () => dynamoDb().send(new PutItemCommand({ TableName: 'things', Item: { id: { S: 'fault' } } }));
  after(() => fetch(`${pipeline.url}/_local/api/faults`, { method: 'DELETE' }));

  it('fail, throttle and delay the calls that fit, which their spans show', async () => {
    const add = async (body: object): Promise<string> => {
      const answer = await pipeline.post('/faults', body);
      assert.equal(answer.status, 201);
      return String(Reflect.get(Object(await answer.json()), 'id'));
    };
    const remove = (id: string) => fetch(`${pipeline.url}/_local/api/faults/${id}`, { method: 'DELETE' });

    const error = await add({
      service: 'dynamodb',
      resource: 'things',
      operation: 'PutItem',
      fault: { kind: 'error' },
    });
    await assert.rejects(put(), { name: 'InternalServerError' });
    await dynamoDb().send(new GetItemCommand({ TableName: 'things', Key: { id: { S: 'fault' } } }));
    await pipeline.aws('dynamodb/PutItem', { TableName: 'things', Item: { id: { S: 'own' } } });
    const failed = await pipeline.trace('dynamodb PutItem', ({ summary }) => summary.status === 'error');
    assert.equal(failed.spans[0]?.error?.type, 'InternalServerError');
    await remove(error);

    const throttle = await add({ service: 'dynamodb', fault: { kind: 'throttle' } });
    await assert.rejects(put(), { name: 'ProvisionedThroughputExceededException' });
    await remove(throttle);

    const latency = await add({
      service: 'dynamodb',
      operation: 'PutItem',
      fault: { kind: 'latency', milliseconds: 300 },
    });
    const started = performance.now();
    await put();
    assert.ok(performance.now() - started >= 299);
    const { faults } = await pipeline.get<{ faults: { id: string; hits: number }[] }>('/faults');
    assert.deepEqual(
      faults.map(({ id, hits }) => [id, hits]),
      [[latency, 1]],
    );
    await remove(latency);
    assert.equal((await remove(latency)).status, 404);
  });

  it('refuse what they do not know', async () => {
    for (const body of [
      {},
      { service: 'sqs' },
      { service: 'sqs', fault: { kind: 'fire' } },
      { service: 'sqs', fault: { kind: 'throttle' }, rate: 2 },
    ]) {
      assert.equal((await pipeline.post('/faults', body)).status, 400);
    }
  });
});

describe('a replay', () => {
  it('sends a request again, as it was or with another body, in a new trace', async () => {
    const answer = await pipeline.post('/replay', { traceId: trace.summary.traceId, input: '{"id":"friend-9"}' });
    assert.equal(answer.status, 202);
    const { traceId } = Object(await answer.json());
    assert.notEqual(traceId, trace.summary.traceId);
    const replayed = await pipeline.traceOf(String(traceId), ({ spans }) =>
      spans.some(({ operation }) => operation === 'PutItem'),
    );
    assert.match(replayed.spans.find(({ operation }) => operation === 'PutItem')?.input?.text ?? '', /friend-9/);
  });

  it('runs a function again with the batch that it got', async () => {
    const delivery = trace.spans.find(({ operation }) => operation === 'from queue');
    const answer = await pipeline.post('/replay', { traceId: trace.summary.traceId, spanId: delivery?.spanId });
    const { traceId } = Object(await answer.json());
    const replayed = await pipeline.traceOf(String(traceId), ({ spans }) =>
      spans.some(({ operation }) => operation === 'PutItem'),
    );
    assert.deepEqual(
      replayed.spans.slice(0, 2).map(({ kind, operation }) => [kind, operation]),
      [
        ['call', 'Invoke'],
        ['invocation', 'Invoke'],
      ],
    );
  });

  it('is refused for spans that follow from others', async () => {
    const gateway = trace.spans.find(({ kind }) => kind === 'gateway');
    const answer = await pipeline.post('/replay', { traceId: trace.summary.traceId, spanId: gateway?.spanId });
    assert.equal(answer.status, 409);
    assert.equal((await pipeline.post('/replay', { traceId: 'f'.repeat(32) })).status, 404);
  });

  it('is described as curl, AWS CLI and test commands', async () => {
    const commands = (span: { spanId: string } | undefined) =>
      pipeline.get<Commands>(`/traces/${trace.summary.traceId}/spans/${span?.spanId}/commands`);
    const request = await commands(trace.spans.find(({ kind }) => kind === 'request'));
    assert.match(request.curl ?? '', /^curl -X POST 'http:\/\/localhost:\d+\/_aws\/execute-api\/\w+\/local\/messages'/);
    assert.match(request.curl ?? '', /-H "authorization: \$TOKEN"/);
    assert.match(request.test ?? '', /expect\(response.status\).toBe\(202\)/);
    const call = await commands(trace.spans.find(({ operation }) => operation === 'PutItem'));
    assert.match(
      call.awsCli ?? '',
      /^aws dynamodb put-item --endpoint-url http:\/\/localhost:\d+ \\\n {2}--cli-input-json '/,
    );
    const publish = await commands(trace.spans.find(({ operation }) => operation === 'Publish'));
    assert.match(publish.awsCli ?? '', /^aws sns publish .*\n {2}--cli-input-json '\{"TopicArn"/);
    const invocation = await commands(trace.spans.find(({ kind }) => kind === 'invocation'));
    assert.match(invocation.awsCli ?? '', /^aws lambda invoke --endpoint-url \S+ --function-name 'write'/);
  });
});

describe('the live feed', () => {
  it('sends traces, spans and lines as they come, and goes on after the last event', async () => {
    const first = await follow(pipeline, '/live?spans=true&logs=true');
    await pipeline.send('/messages', { id: 'quiet-7' });
    await first.until(({ event, data }) => event === 'log' && JSON.stringify(data).includes('writing quiet-7'));
    await first.until(
      ({ event, data }) => event === 'trace' && Reflect.get(Object(data), 'entry') === 'POST /messages',
    );
    await first.until(({ event }) => event === 'counts');
    const lastId = first.lastId;
    first.close();
    const sent = await pipeline.send('/messages', { id: 'quiet-8' });
    assert.equal(sent.status, 202);
    const second = await follow(pipeline, '/live', { 'last-event-id': String(lastId) });
    const { id } = await second.until(({ event }) => event === 'trace');
    assert.ok(id > lastId);
    second.close();
  });

  it('says so when what came since the last event is forgotten', async () => {
    const feed = await follow(pipeline, '/live', { 'last-event-id': '999999999' });
    await feed.until(({ event }) => event === 'gap');
    feed.close();
  });
});

describe('a browser', () => {
  const site = {
    'sec-fetch-site': 'none',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    accept: 'text/html',
  };
  const asPage = (origin: string, headers: Record<string, string> = {}) => ({
    origin,
    'sec-fetch-site': origin === pipeline.url ? 'same-origin' : 'cross-site',
    'sec-fetch-mode': 'cors',
    'content-type': 'application/json',
    ...headers,
  });

  it('gets the page at /, which nothing may frame and which loads from here alone', async () => {
    const page = await fetch(pipeline.url, { headers: site });
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(page.headers.get('x-frame-options'), 'DENY');
    assert.match(await page.text(), /<meta name="console-token" content="[\w-]{32}">/);
  });

  it('needs the token of the page for the API', async () => {
    const page = await (await fetch(pipeline.url, { headers: site })).text();
    const [, token = ''] = /console-token" content="([\w-]+)"/.exec(page) ?? [];
    const read = (headers: Record<string, string>) => fetch(`${pipeline.url}/_local/api/info`, { headers });
    assert.equal((await read(asPage(pipeline.url, { 'x-console-token': token }))).status, 200);
    assert.equal((await read(asPage(pipeline.url))).status, 403);
    assert.equal((await read(asPage(pipeline.url, { 'x-console-token': `${token}x` }))).status, 403);
    assert.equal((await read({ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors' })).status, 403);
    for (const origin of ['https://evil.example', 'http://localhost:3000', 'null']) {
      assert.equal((await read(asPage(origin, { 'x-console-token': token }))).status, 403, origin);
    }
    const asked = await fetch(`${pipeline.url}/_local/api/faults`, {
      method: 'POST',
      headers: asPage(pipeline.url),
      body: '{"service":"sqs","fault":{"kind":"throttle"}}',
    });
    assert.equal(asked.status, 403);
    assert.deepEqual((await pipeline.get<{ faults: unknown[] }>('/faults')).faults, []);
  });

  it('is sent to the console from the address of an API that has nothing there', async () => {
    const [api] = pipeline.endpoint.apis();
    const answer = await fetch(`${api?.endpoint}/`, { headers: site, redirect: 'manual' });
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get('location'), `${pipeline.url}/#/apis/${api?.apiId}`);
    assert.notEqual((await fetch(`${api?.endpoint}/`, { redirect: 'manual' })).status, 302);
  });

  it('leaves / to S3 for everybody else', async () => {
    const { Buckets = [] } = await new S3Client(pipeline.endpoint.clientConfig).send(new ListBucketsCommand({}));
    assert.deepEqual(
      Buckets.map(({ Name }) => Name),
      ['code'],
    );
    const curl = await fetch(pipeline.url, { headers: { accept: '*/*' } });
    assert.match(await curl.text(), /<ListAllMyBucketsResult/);
  });
});

describe('an endpoint without the console', () => {
  it('has neither page nor API, and answers everything else', async (t) => {
    const endpoint = await startEndpoint({ console: false });
    t.after(() => endpoint.close());
    assert.equal((await fetch(`${endpoint.url}/_local/api/traces`)).status, 404);
    const page = await fetch(endpoint.url, { headers: { accept: 'text/html', 'sec-fetch-dest': 'document' } });
    assert.doesNotMatch(await page.text(), /console-token/);
    await new S3Client(endpoint.clientConfig).send(new ListBucketsCommand({}));
  });
});

type Event = { readonly id: number; readonly event: string; readonly data: unknown };

/** Reads a stream of Server-Sent Events. */
async function follow({ url }: Pipeline, path: string, headers: Record<string, string> = {}) {
  const controller = new AbortController();
  const response = await fetch(`${url}/_local/api${path}`, { headers, signal: controller.signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const seen: Event[] = [];
  let rest = '';
  let lastId = 0;
  const next = async (): Promise<void> => {
    const { value, done } = await reader.read();
    assert.ok(!done, 'the feed ended');
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const event = field('event');
      if (event === undefined) continue;
      lastId = Number(field('id'));
      seen.push({ id: lastId, event, data: JSON.parse(field('data') ?? 'null') });
    }
  };
  return {
    get lastId() {
      return lastId;
    },
    close: () => controller.abort(),
    async until(isWanted: (event: Event) => boolean): Promise<Event> {
      for (;;) {
        const at = seen.findIndex(isWanted);
        const [found] = at < 0 ? [] : seen.splice(at, 1);
        if (found !== undefined) return found;
        await next();
      }
    },
  };
}
