import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as z from 'zod/mini';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { restEvent } from '#test/support/rest-event.ts';
import { AppError } from '../errors/app-error.ts';
import { defineService } from '../service.ts';
import { text } from '../validation/fields.ts';
import type { Answer } from './answer.ts';
import { httpHandler } from './http-handler.ts';
import type { LambdaHttpEvent } from './lambda-event.ts';

// In this mode Powertools writes through the console, which a test can listen to.
Object.assign(process.env, {
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_LOG_LEVEL: 'INFO',
  POWERTOOLS_METRICS_DISABLED: 'false',
});
process.env.CORS_ALLOW_ORIGIN = 'https://app.example';

const service = defineService('greetings', () => ({ greeting: 'Hello' }));
let run: () => Promise<Answer> | Answer;
const handler = httpHandler(service, {}, async () => run());
const echo = httpHandler(
  service,
  { path: z.object({ name: text(1, 10) }), body: z.strictObject({ text: text(0, 100_000) }) },
  async ({ path, body }, { greeting }, { caller }) => ({
    status: 200,
    body: { text: `${greeting} ${path.name}: ${body.text}`, caller },
  }),
);

beforeEach(() => {
  run = () => ({ status: 200, body: [] });
  for (const method of ['info', 'error', 'warn', 'log'] as const) {
    jest.spyOn(console, method).mockImplementation(() => {});
  }
});

const greet = (request: Parameters<typeof restEvent>[0]) =>
  echo(
    restEvent({ method: 'POST', path: '/ada', resource: '/{name}', pathParameters: { name: 'ada' }, ...request }),
    lambdaContext(),
  );

/** What was logged while `work` ran, parsed. */
async function logged(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for (const method of ['info', 'error', 'warn', 'log'] as const) {
    jest.spyOn(console, method).mockImplementation((line: string) => lines.push(JSON.parse(line)));
  }
  await work();
  return lines;
}

describe('every answer', () => {
  const answers: Record<string, () => Answer> = {
    success: () => ({ status: 200, body: { a: 1 } }),
    'known failure': () => {
      throw new AppError('CONFLICT', 'No.');
    },
    'unknown failure': () => {
      throw new Error('secret');
    },
  };
  for (const [name, answer] of Object.entries(answers)) {
    it(`has the headers for browsers, caches and logs: ${name}`, async () => {
      run = answer;
      const { headers } = await handler(restEvent({ headers: { 'X-Correlation-ID': 'abc-1' } }), lambdaContext());
      expect(headers).toStrictEqual({
        'content-type': 'application/json',
        'access-control-allow-origin': 'https://app.example',
        'access-control-expose-headers': 'ETag, Link, Location, Retry-After, X-Correlation-Id',
        vary: 'Origin',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'x-correlation-id': 'abc-1',
      });
    });
  }

  it('has a correlation id of any form in use', async () => {
    for (const sent of ['x'.repeat(128), 'Jb9tCj6xoAMEPsA=', '1-5759e988-bd862e3fe1be46a994272793', 'a:b/c+d_e.f']) {
      const { headers } = await handler(restEvent({ headers: { 'x-correlation-id': sent } }), lambdaContext());
      expect(headers['x-correlation-id']).toBe(sent);
    }
  });

  it('falls back to the request id when the correlation id is not well-formed', async () => {
    for (const sent of ['', 'a b', 'a\nb', 'x'.repeat(129), '{"a":1}', 'ü']) {
      const { headers } = await handler(restEvent({ headers: { 'x-correlation-id': sent } }), lambdaContext());
      expect(headers['x-correlation-id']).toBe('c6af9ac6-7b61-11e6-9a41-93e8deadbeef');
    }
  });

  it('has no content type without a body', async () => {
    run = () => ({ status: 204 });
    const { statusCode, headers, body } = await handler(restEvent({}), lambdaContext());
    expect([statusCode, headers['content-type'], body]).toStrictEqual([204, undefined, '']);
  });
});

describe('failures', () => {
  const answerTo = async (thrown: unknown) => {
    run = () => {
      throw thrown;
    };
    const { statusCode, headers, body } = await handler(restEvent({}), lambdaContext());
    const { requestId, ...rest } = JSON.parse(body);
    expect(requestId).toBe('c6af9ac6-7b61-11e6-9a41-93e8deadbeef');
    return { statusCode, retryAfter: headers['retry-after'], ...rest };
  };

  it('show their code, message and details when they are meant for the client', async () => {
    const details = [{ path: 'body.x', message: 'is taken' }];
    expect(await answerTo(new AppError('CONFLICT', 'It is taken.', { details }))).toStrictEqual({
      statusCode: 409,
      retryAfter: undefined,
      code: 'CONFLICT',
      message: 'It is taken.',
      details,
    });
  });

  it('show nothing of their inside when they are not', async () => {
    for (const thrown of [new Error('password=1'), 'text', null, { statusCode: 418 }]) {
      expect(await answerTo(thrown)).toStrictEqual({
        statusCode: 500,
        retryAfter: undefined,
        code: 'INTERNAL_ERROR',
        message: 'Internal server error',
      });
    }
  });

  it('ask for patience when an AWS service throttles', async () => {
    for (const name of [
      'ThrottlingException',
      'ProvisionedThroughputExceededException',
      'RequestLimitExceeded',
      'TooManyRequestsException',
      'RequestThrottled',
      'ServiceUnavailable',
      'TransactionConflictException',
    ]) {
      const { statusCode, code, retryAfter } = await answerTo(Object.assign(new Error('slow down'), { name }));
      expect([statusCode, code, retryAfter]).toStrictEqual([503, 'UNAVAILABLE', '1']);
    }
  });

  it('ask for patience when an AWS service could not be reached', async () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']) {
      const { statusCode, code: answered, retryAfter } = await answerTo(Object.assign(new Error('gone'), { code }));
      expect([statusCode, answered, retryAfter]).toStrictEqual([503, 'UNAVAILABLE', '1']);
    }
    // The SDK gives them the name of a timeout.
    for (const code of ['ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET']) {
      const error = Object.assign(new Error('gone'), { code, syscall: 'connect', name: 'TimeoutError' });
      expect((await answerTo(error)).statusCode).toBe(503);
    }
  });

  it('ask for patience when a transaction is cancelled for a passing reason only', async () => {
    const cancelled = (...codes: string[]) =>
      Object.assign(new Error('cancelled'), {
        name: 'TransactionCanceledException',
        CancellationReasons: codes.map((Code) => ({ Code })),
      });
    expect((await answerTo(cancelled('None', 'ThrottlingError'))).statusCode).toBe(503);
    expect((await answerTo(cancelled('TransactionConflict', 'None'))).statusCode).toBe(503);
    expect((await answerTo(cancelled('ThrottlingError', 'ValidationError'))).statusCode).toBe(500);
  });

  it('say that the request may have been carried out when an answer of an AWS service is lost', async () => {
    const timedOut = { name: 'TimeoutError', code: 'ETIMEDOUT' };
    for (const properties of [timedOut, { name: 'TimeoutError' }, { code: 'ECONNRESET' }, { code: 'EPIPE' }]) {
      const { statusCode, code, message, retryAfter } = await answerTo(Object.assign(new Error('lost'), properties));
      expect([statusCode, code, retryAfter]).toStrictEqual([504, 'GATEWAY_TIMEOUT', undefined]);
      expect(message).toMatch(/may have been carried out/);
    }
    for (const name of ['InternalServerError', 'TransactionInProgressException']) {
      expect((await answerTo(Object.assign(new Error('x'), { name }))).statusCode).toBe(504);
    }
  });

  it('come before Lambda would stop the function', async () => {
    run = () => new Promise(() => {});
    const { statusCode, body } = await handler(restEvent({}), lambdaContext({ remainingMs: 120 }));
    expect([statusCode, JSON.parse(body).code]).toStrictEqual([504, 'GATEWAY_TIMEOUT']);
  });

  it('are an answer even when the event is a part of a request only', async () => {
    for (const event of [{ headers: null }, { httpMethod: 'GET' }] as const) {
      const { statusCode } = await handler(event, lambdaContext());
      expect(statusCode).toBe(200);
      expect((await echo(event, lambdaContext())).statusCode).toBe(415);
    }
  });
});

describe('the body', () => {
  const statusOf = async (request: Parameters<typeof restEvent>[0]) => (await greet(request)).statusCode;
  const type = (value: string) => ({ 'Content-Type': value });

  it('is parsed once and handed on with its path', async () => {
    const { statusCode, body } = await greet({ body: { text: 'hi' }, sub: 'alice' });
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toStrictEqual({ text: 'Hello ada: hi', caller: { sub: 'alice' } });
  });

  it('may come in base64 and with any JSON content type', async () => {
    const body = Buffer.from('{"text":"🌱"}').toString('base64');
    const event = { ...restEvent({ body, pathParameters: { name: 'ada' } }), isBase64Encoded: true };
    expect(JSON.parse((await echo(event, lambdaContext())).body).text).toBe('Hello ada: 🌱');
    const json = '{"text":""}';
    expect(await statusOf({ body: json, headers: type('application/json; charset=utf-8') })).toBe(200);
    expect(await statusOf({ body: json, headers: type('application/merge-patch+json') })).toBe(200);
    expect(await statusOf({ body: json, headers: type('text/plain') })).toBe(415);
  });

  it('is bounded in size, in either encoding', async () => {
    const atLimit = JSON.stringify({ text: 'x'.repeat(64 * 1024 - 11) });
    expect(Buffer.byteLength(atLimit)).toBe(64 * 1024);
    expect(await statusOf({ body: atLimit })).toBe(200);
    expect(await statusOf({ body: `${atLimit} ` })).toBe(413);
    for (const [text, status] of [
      [atLimit, 200],
      [`${atLimit} `, 413],
    ] as const) {
      const body = Buffer.from(text).toString('base64');
      const event = { ...restEvent({ body, pathParameters: { name: 'ada' } }), isBase64Encoded: true };
      expect((await echo(event, lambdaContext())).statusCode).toBe(status);
    }
  });

  it('cannot hurt by its shape', async () => {
    const hostile = [
      '['.repeat(60_000),
      `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
      '{"__proto__":{"text":"x"}}',
      '{"text":"x","__proto__":{"admin":true}}',
      '{"constructor":{"prototype":{"a":1}}}',
      '{"text":"\\ud800"}',
      '{"text":{"length":1}}',
    ];
    for (const body of hostile) expect(await statusOf({ body })).toBe(400);
  });

  it('is not echoed in the answer about it', async () => {
    const names = Array.from({ length: 300 }, (_, index) => [`${index}-${'k'.repeat(150)}`, 1]);
    const { statusCode, body } = await greet({ body: { text: 'x'.repeat(10), ...Object.fromEntries(names) } });
    expect(statusCode).toBe(400);
    expect(JSON.parse(body).details.length).toBeLessThanOrEqual(50);
    expect(body.length).toBeLessThan(10_000);
  });

  it('is reported together with the path', async () => {
    const { body } = await greet({ pathParameters: { name: 'x'.repeat(11) }, body: {} });
    expect(JSON.parse(body).details).toStrictEqual([
      { path: 'path.name', message: 'must be 1 to 10 characters long' },
      { path: 'body.text', message: 'is required' },
    ]);
  });
});

describe('an event that somebody else has made', () => {
  const listed = httpHandler(
    service,
    {
      query: z.strictObject({ limit: z.optional(z.string()) }),
      headers: z.object({ 'x-mode': z.optional(z.string()) }),
    },
    async ({ query, headers }) => ({ status: 200, body: { limit: query.limit, mode: headers['x-mode'] } }),
  );
  const bodyOf = async (event: LambdaHttpEvent) => JSON.parse((await listed(event, lambdaContext())).body);

  it('has its parameters read wherever they are', async () => {
    const once = { queryStringParameters: { limit: '5' } };
    const withNull = { ...once, multiValueQueryStringParameters: null, rawQueryString: '' };
    for (const event of [once, withNull, { version: '2.0', ...withNull }, { rawQueryString: 'limit=5' }]) {
      expect(await bodyOf(event)).toMatchObject({ limit: '5' });
    }
    expect(await bodyOf({ multiValueHeaders: { 'X-Mode': ['fast'] } })).toMatchObject({ mode: 'fast' });
  });

  it('has unknown and repeated parameters refused all the same', async () => {
    expect((await bodyOf({ queryStringParameters: { sort: 'asc' } })).details).toHaveLength(1);
    expect((await bodyOf({ multiValueQueryStringParameters: { limit: ['1', '2'] } })).details).toHaveLength(1);
  });

  it('is refused by name if it is no request', async () => {
    const wrong = [
      [undefined, 'The event must be a request of an API: it is empty.'],
      [null, 'The event must be a request of an API: it is empty.'],
      [{}, 'The event must be a request of an API: it is empty.'],
      ['text', 'The event must be a request of an API: it is a string.'],
      [7, 'The event must be a request of an API: it is a number.'],
      [[], 'The event must be a request of an API: it is a list.'],
      [{ key1: 'x', key2: 'y' }, 'The event must be a request of an API: it has key1, key2.'],
      [{ Records: [{ eventSource: 'aws:sqs' }] }, 'The event must be a request of an API: it has records of aws:sqs.'],
    ] as const;
    for (const [event, message] of wrong) {
      await expect(Reflect.apply(listed, undefined, [event, lambdaContext()])).rejects.toMatchObject({
        name: 'InvalidEvent',
        message,
      });
    }
  });
});

describe('a path parameter', () => {
  const named = httpHandler(service, { path: z.object({ name: text(1, 10) }) }, async ({ path }) => ({
    status: 200,
    body: path.name,
  }));
  const answer = async (event: LambdaHttpEvent) => {
    const { statusCode, body } = await named(event, lambdaContext());
    return [statusCode, statusCode === 200 ? JSON.parse(body) : JSON.parse(body).details];
  };

  it('of a REST API is decoded once', async () => {
    const at = (name: string) => answer(restEvent({ pathParameters: { name } }));
    expect(await at('%61da')).toStrictEqual([200, 'ada']);
    expect(await at('a%2Bb+%C3%BC')).toStrictEqual([200, 'a+b+ü']);
    expect(await at('%2541')).toStrictEqual([200, '%41']);
  });

  it('of a REST API is refused if it is not well-formed', async () => {
    for (const name of ['%', '%4', '%zz', 'a%ff']) {
      expect(await answer(restEvent({ pathParameters: { name } }))).toStrictEqual([
        400,
        [{ path: 'path.name', message: 'must be well-formed percent-encoding' }],
      ]);
    }
  });

  it('of an HTTP API is decoded already', async () => {
    expect(await answer({ version: '2.0', rawPath: '/%41', pathParameters: { name: '%41' } })).toStrictEqual([
      200,
      '%41',
    ]);
    expect(await answer({ version: '1.0', path: '/%', pathParameters: { name: '%' } })).toStrictEqual([200, '%']);
  });
});

describe('an event of an HTTP API (payload 2.0)', () => {
  const event = (rawQueryString = ''): LambdaHttpEvent => ({
    version: '2.0',
    routeKey: 'POST /{name}',
    rawPath: '/ada',
    rawQueryString,
    headers: { 'content-type': 'application/json', 'x-correlation-id': 'c-2' },
    pathParameters: { name: 'ada' },
    requestContext: {
      requestId: 'r-2',
      http: { method: 'POST' },
      authorizer: { jwt: { claims: { sub: 'alice' } } },
    },
    body: '{"text":"hi"}',
    isBase64Encoded: false,
  });

  it('is handled like that of a REST API', async () => {
    const lines = await logged(async () => {
      const { statusCode, headers, body } = await echo(event(), lambdaContext());
      expect([statusCode, headers['x-correlation-id']]).toStrictEqual([200, 'c-2']);
      expect(JSON.parse(body)).toStrictEqual({ text: 'Hello ada: hi', caller: { sub: 'alice' } });
    });
    expect(lines.map(({ route }) => route)).toStrictEqual(['POST /{name}']);
  });

  it('has its repeated parameters found in the raw query', async () => {
    const { body } = await echo(event('a=1&a=2&b=%2C'), lambdaContext());
    const { details, requestId } = JSON.parse(body);
    expect(requestId).toBe('r-2');
    expect(details).toStrictEqual([
      { path: 'query.a', message: 'must be given once' },
      { path: 'query.a', message: 'is not a known field' },
      { path: 'query.b', message: 'is not a known field' },
    ]);
  });
});

describe('the log', () => {
  it('has one line about a request, with its ids and without anything personal', async () => {
    const startedAt = performance.now();
    const lines = await logged(() =>
      greet({ body: { text: 'private' }, sub: 'alice', headers: { 'x-correlation-id': 'c-1' } }),
    );
    const duration = performance.now() - startedAt;
    expect(lines).toHaveLength(1);
    const [line = {}] = lines;
    expect([line.level, line.message, line.service, line.correlation_id, line.request_id, line.status]).toStrictEqual([
      'INFO',
      'Request answered',
      'greetings',
      'c-1',
      'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      200,
    ]);
    expect(line.function_request_id).toBe(lambdaContext().awsRequestId);
    expect(line.route).toBe('POST /{name}');
    expect(Number(line.duration_ms)).toBeLessThanOrEqual(duration + 0.1);
    expect(JSON.stringify(lines)).not.toMatch(/private|alice|ada/);
  });

  it('tells a defect at ERROR, without what an SDK attaches to it', async () => {
    run = () => {
      throw Object.assign(new TypeError('boom'), { Item: { email: 'ada@example.com' }, $response: { body: 'raw' } });
    };
    const lines = await logged(() => handler(restEvent({}), lambdaContext()));
    const [defect = {}, summary = {}] = lines;
    expect([defect.level, defect.code, summary.status]).toStrictEqual(['ERROR', 'INTERNAL_ERROR', 500]);
    const error = z.object({ name: z.string(), message: z.string(), stack: z.string() }).parse(defect.error);
    expect([error.name, error.message]).toStrictEqual(['TypeError', 'boom']);
    expect(JSON.stringify(lines)).not.toMatch(/ada@|raw/);
  });

  it('says what is wrong with data that does not fit its schema, and where', async () => {
    const item = z.object({ price: z.object({ amount: z.int() }), name: z.string() });
    run = () => ({ status: 200, body: item.parse({ price: { amount: 'secret' } }) });
    const [defect = {}] = await logged(() => handler(restEvent({}), lambdaContext()));
    const error = z.object({ name: z.string(), message: z.string(), stack: z.string() }).parse(defect.error);
    expect(error.name).toBe('InvalidData');
    expect(error.message).toBe('price.amount must be a number; name is required');
    expect(error.stack).toMatch(/^InvalidData\n {4}at /);
    expect(JSON.stringify(defect)).not.toMatch(/secret|\$Zod/);
  });

  it('does not call what the client did wrong an error', async () => {
    const lines = await logged(() => greet({ body: {} }));
    expect(lines.map(({ level, status }) => [level, status])).toStrictEqual([['INFO', 400]]);
  });

  it('forgets the ids of a request with it', async () => {
    const lines = await logged(async () => {
      await greet({ body: { text: '' }, headers: { 'x-correlation-id': 'first' } });
      service.logger.info('Between requests');
    });
    expect(lines[1]?.correlation_id).toBeUndefined();
  });

  it('carries the metrics of a request in the embedded format', async () => {
    run = () => {
      service.metrics.addMetric('Greeted', 'Count', 1);
      return { status: 200 };
    };
    const lines = await logged(() => handler(restEvent({}), lambdaContext()));
    const metric = lines.find((line) => '_aws' in line);
    expect(metric?.Greeted).toBe(1);
    expect(metric?.service).toBe('greetings');
    const again = await logged(() => greet({ body: {} }));
    expect(again.some((line) => '_aws' in line)).toBe(false);
  });
});
