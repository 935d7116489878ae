import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { readHttpEvent } from '#shared/http/http-event.ts';
import type { LambdaHttpEvent } from '#shared/http/lambda-event.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { createLambdaClient } from './data/lambda-client.ts';
import { openTasksReader } from './data/open-tasks.ts';
import { handler as getPlanFunction } from './handlers/get-plan.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:tasks-test-listTasks';

/** Stands in for the Lambda service: the planner's SDK client talks to it over HTTP. */
type LambdaReply = { status?: number; headers?: Record<string, string>; payload: unknown };
const anEvent = z.custom<LambdaHttpEvent>((value) => typeof value === 'object' && value !== null);
let invoked: { path: string | undefined; type: unknown; event: LambdaHttpEvent }[] = [];
let reply: (call: number) => LambdaReply | Promise<LambdaReply> = () => ({ payload: null });

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event = anEvent.parse(JSON.parse(await text(request)));
  invoked.push({ path: request.url, type: request.headers['x-amz-invocation-type'], event });
  const { status = 200, headers = {}, payload } = await reply(invoked.length);
  response.writeHead(status, headers).end(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

const lambda = createServer((request, response) => void serve(request, response));
lambda.listen(0, '127.0.0.1');
await once(lambda, 'listening');
afterAll(() => {
  lambda.close();
  lambda.closeAllConnections();
});
const { port } = z.object({ port: z.number() }).parse(lambda.address());
const client = createLambdaClient(awsConfig(`http://127.0.0.1:${port}`));
afterAll(() => client.destroy());
const getPlan = getPlanFunction.with({ readOpenTasks: openTasksReader(client, functionArn) });

const listed = (tasks: unknown, headers = {}): LambdaReply => ({
  payload: { statusCode: 200, headers, body: JSON.stringify(tasks) },
});
const createdAt = '2026-01-01T00:00:00.000Z';
const task = (title: string, dueAt?: string) => ({
  id: randomUUID(),
  title,
  isComplete: false,
  createdAt,
  updatedAt: createdAt,
  ...(dueAt && { dueAt }),
});

const contract = loadContract('planner.yml');

async function plan(request: Parameters<typeof restEvent>[0] = {}, remainingMs = 10_000) {
  const response = await getPlan(restEvent({ path: '/planner', ...request }), lambdaContext({ remainingMs }));
  contract.checkAnswer('getPlan', response);
  return { ...response, json: JSON.parse(response.body) };
}

beforeEach(() => {
  invoked = [];
  reply = () => listed([]);
});

describe('the plan', () => {
  it('sorts the open tasks by the day on which they are due in the time zone', async () => {
    reply = () =>
      listed([
        task('none'),
        task('next-day', '2026-03-29T22:00:00.000Z'),
        task('last-minute', '2026-03-29T21:59:59.999Z'),
        task('midnight', '2026-03-28T23:00:00.000Z'),
        task('before', '2026-03-28T22:59:59.999Z'),
      ]);
    // The day on which summer time begins in Berlin has 23 hours.
    const { statusCode, json } = await plan({ query: 'date=2026-03-29&timezone=Europe/Berlin' });
    expect(statusCode).toBe(200);
    const { tasks, overdue, dueToday, upcoming, unscheduled, ...rest } = json;
    const titles = (list: { title: string }[]) => list.map(({ title }) => title);
    expect(rest).toStrictEqual({
      date: '2026-03-29',
      timezone: 'Europe/Berlin',
      summary: { overdue: 1, dueToday: 2, upcoming: 1, unscheduled: 1 },
    });
    expect([overdue, dueToday, upcoming, unscheduled].map(titles)).toStrictEqual([
      ['before'],
      ['midnight', 'last-minute'],
      ['next-day'],
      ['none'],
    ]);
    expect(titles(tasks)).toStrictEqual(['before', 'midnight', 'last-minute', 'next-day', 'none']);
  });

  it('is about today in UTC unless asked otherwise', async () => {
    const before = new Date().toISOString().slice(0, 10);
    const { json } = await plan();
    expect([before, new Date().toISOString().slice(0, 10)]).toContain(json.date);
    expect(json.timezone).toBe('UTC');
  });

  it('takes today from the time zone', async () => {
    const dateIn = async (timezone: string) => (await plan({ query: `timezone=${timezone}` })).json.date;
    // 26 hours apart: never on one day.
    expect((await dateIn('Etc/GMT%2B12')) < (await dateIn('Pacific/Kiritimati'))).toBe(true);
  });

  it('reads its parameters also from an event that has them once', async () => {
    const event = { ...restEvent({ path: '/planner' }), queryStringParameters: { date: '2027-03-01' } };
    expect(JSON.parse((await getPlan(event, lambdaContext())).body).date).toBe('2027-03-01');
    const wrong = { queryStringParameters: { date: '2027-03-01', timezone: 'Mars' } };
    expect((await getPlan(wrong, lambdaContext())).statusCode).toBe(400);
  });

  it('hands on every field of a task and leaves completed ones out', async () => {
    const open = { ...task('a'), detail: 'kept' };
    reply = () => listed([open, { ...task('b'), isComplete: true }]);
    expect((await plan()).json.tasks).toStrictEqual([open]);
  });

  it('refuses an impossible date and an unknown time zone', async () => {
    for (const date of ['2026-02-29', '2026-13-01', '29.03.2026', '2026-3-1', '', 'today', '2026-01-01T00:00:00Z']) {
      const { statusCode, json } = await plan({ query: `date=${date}` });
      expect([statusCode, json.code, json.details[0].path]).toStrictEqual([400, 'INVALID_REQUEST', 'query.date']);
    }
    for (const timezone of ['Mars/Olympus', '', '%2B02:00', 'x'.repeat(500), '../etc']) {
      const { statusCode, json } = await plan({ query: `timezone=${timezone}` });
      expect([statusCode, json.details[0].path]).toStrictEqual([400, 'query.timezone']);
    }
    expect(invoked).toHaveLength(0);
  });
});

describe('the invocation of ListTasks', () => {
  it('is synchronous, asks for open tasks and carries identity and correlation id', async () => {
    await plan({ sub: 'alice', headers: { 'X-Correlation-Id': 'trace-1' } });
    expect(invoked).toHaveLength(1);
    const [{ path, type, event } = { path: '', type: '', event: {} }] = invoked;
    expect(decodeURIComponent(path ?? '')).toBe(`/2015-03-31/functions/${functionArn}/invocations`);
    expect(type).toBe('RequestResponse');
    const { caller, query } = readHttpEvent(event);
    expect(caller).toStrictEqual({ sub: 'alice' });
    expect(query).toStrictEqual({ isComplete: ['false'], limit: ['100'] });
    const sent = z
      .object({ headers: z.unknown(), requestContext: z.looseObject({ requestId: z.string() }) })
      .parse(event);
    expect(sent.headers).toStrictEqual({ 'x-correlation-id': 'trace-1' });
    expect(sent.requestContext.requestId).toBe('c6af9ac6-7b61-11e6-9a41-93e8deadbeef');
  });

  it('follows the pages', async () => {
    reply = (call) =>
      call < 3
        ? listed([task(`${call}`)], { link: `<?isComplete=false&limit=100&nextToken=t%2B${call}>; rel="next"` })
        : listed([task(`${call}`)]);
    const { json } = await plan();
    expect(json.tasks).toHaveLength(3);
    expect(json.isTruncated).toBeUndefined();
    const tokens = invoked.map(({ event }) => readHttpEvent(event).query.nextToken);
    expect(tokens).toStrictEqual([undefined, ['t+1'], ['t+2']]);
  });

  it('stops at five pages and says so', async () => {
    reply = (call) => listed([task(`${call}`)], { link: `<?nextToken=${call}>; rel="next"` });
    const { json } = await plan();
    expect([json.tasks.length, json.isTruncated, invoked.length]).toStrictEqual([5, true, 5]);
  });
});

describe('a failing ListTasks', () => {
  const outcome = async (given: LambdaReply, remainingMs?: number) => {
    reply = () => given;
    const { statusCode, json, headers } = await plan({}, remainingMs);
    expect(Object.keys(json)).toStrictEqual(['message', 'code', 'requestId']);
    return [statusCode, json.code, headers['retry-after']];
  };

  it('is a 502 when the function fails or crashes', async () => {
    const payload = { errorType: 'Error', errorMessage: 'secret' };
    const crashed = { headers: { 'X-Amz-Function-Error': 'Unhandled' }, payload };
    expect(await outcome(crashed)).toStrictEqual([502, 'BAD_GATEWAY', undefined]);
    const misleading = { ...crashed, payload: { statusCode: 200, body: '[]' } };
    expect(await outcome(misleading)).toStrictEqual([502, 'BAD_GATEWAY', undefined]);
  });

  it('is a 502 when the payload is not what ListTasks answers', async () => {
    const payloads = [
      'not json',
      'null',
      '',
      [],
      { statusCode: 200 },
      { statusCode: 200, body: 'not json' },
      { statusCode: 200, body: '{}' },
      { statusCode: 200, body: '[{"id":1}]' },
      { statusCode: 200, body: '[{"id":"1","title":"x","isComplete":false,"dueAt":"soon"}]' },
      { statusCode: 400, body: '{}' },
      { statusCode: 500, body: '{}' },
    ];
    for (const payload of payloads) {
      expect(await outcome({ payload })).toStrictEqual([502, 'BAD_GATEWAY', undefined]);
    }
  });

  it('is a 502 when it is gone or forbidden', async () => {
    for (const [status, name] of [
      [404, 'ResourceNotFoundException'],
      [403, 'AccessDeniedException'],
    ] as const) {
      const gone = { status, headers: { 'x-amzn-ErrorType': name }, payload: { Message: 'no' } };
      expect(await outcome(gone)).toStrictEqual([502, 'BAD_GATEWAY', undefined]);
    }
  });

  it('is a 503 with Retry-After when it is throttled, after one more attempt', async () => {
    const throttled = {
      status: 429,
      headers: { 'x-amzn-ErrorType': 'TooManyRequestsException' },
      payload: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User', message: 'Rate Exceeded.' },
    };
    expect(await outcome(throttled)).toStrictEqual([503, 'UNAVAILABLE', '1']);
    expect(invoked).toHaveLength(2);
  });

  it('is a 504 when the Lambda service does not say whether it has run', async () => {
    const failed = { status: 500, headers: { 'x-amzn-ErrorType': 'ServiceException' }, payload: { Message: 'x' } };
    expect(await outcome(failed)).toStrictEqual([504, 'GATEWAY_TIMEOUT', undefined]);
  });

  it('is a 503 when its own table is throttled', async () => {
    expect(await outcome({ payload: { statusCode: 503, body: '{}' } })).toStrictEqual([503, 'UNAVAILABLE', '1']);
  });

  it('is a 504 when its own table took too long', async () => {
    expect(await outcome({ payload: { statusCode: 504, body: '{}' } })).toStrictEqual([
      504,
      'GATEWAY_TIMEOUT',
      undefined,
    ]);
  });

  it('is a 504 when it is slower than the time left', async () => {
    reply = async () => {
      await sleep(5000, undefined, { ref: false });
      return listed([]);
    };
    const { statusCode, json } = await plan({}, 650);
    expect([statusCode, json.code]).toStrictEqual([504, 'GATEWAY_TIMEOUT']);
  });
});
