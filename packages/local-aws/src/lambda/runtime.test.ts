import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { until } from '../testing/until.ts';
import { startLambda } from './lambda.fixture.ts';

const text = (payload: unknown): string => JSON.stringify(payload);

test('a handler gets its event and context, and what it returns is the answer', async (t) => {
  const { define, call } = await startLambda(t);
  await define(
    'echo',
    `exports.handler = async (event, context) => ({ event, ...context, left: context.getRemainingTimeInMillis() });`,
    { Timeout: 5 },
  );
  const { status, payload, error } = await call('echo', { a: ['ü', 1, null] });
  assert.equal(status, 200);
  assert.equal(error, undefined);
  assert.match(
    text(payload),
    /"event":\{"a":\["ü",1,null\]\},"functionName":"echo","functionVersion":"\$LATEST","memoryLimitInMB":"128","logGroupName":"\/aws\/lambda\/echo","logStreamName":"2026\/01\/01\/\[\$LATEST\][0-9a-f]{32}","invokedFunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:echo","awsRequestId":"[0-9a-f-]{36}","left":(4[0-9]{3}|5000)/,
  );
});

test('a function sees the variables of Lambda and its own, and nothing of the endpoint’s', async (t) => {
  process.env.SECRET_OF_THE_PARENT = 'leaked';
  const { define, call, url } = await startLambda(t);
  await define('env', `exports.handler = async () => process.env;`, {
    Environment: { Variables: { TABLE: 'tasks' } },
    Architectures: ['arm64'],
    MemorySize: 256,
  });
  const { payload } = await call('env');
  const variables = z.record(z.string(), z.string()).parse(payload);
  const { AWS_LAMBDA_LOG_STREAM_NAME, LAMBDA_TASK_ROOT, _X_AMZN_TRACE_ID, ...rest } = variables;
  assert.match(_X_AMZN_TRACE_ID ?? '', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  assert.match(AWS_LAMBDA_LOG_STREAM_NAME ?? '', /^2026/);
  assert.match(LAMBDA_TASK_ROOT ?? '', /task$/);
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, ...others } = rest;
  assert.match(AWS_ACCESS_KEY_ID ?? '', /^ASIA/);
  assert.ok(AWS_SECRET_ACCESS_KEY && AWS_SESSION_TOKEN);
  assert.deepEqual(others, {
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    TABLE: 'tasks',
    _HANDLER: 'index.handler',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'env',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/env',
  });
});

const moduleForms: Record<string, { files: Record<string, string>; handler: string }> = {
  'a CommonJS .js file': {
    files: { 'index.js': `module.exports.handler = async () => 'ok'` },
    handler: 'index.handler',
  },
  'a .cjs file': { files: { 'index.cjs': `exports.handler = async () => 'ok'` }, handler: 'index.handler' },
  'an .mjs file with a top-level await': {
    files: { 'index.mjs': `const ok = await Promise.resolve('ok'); export const handler = async () => ok` },
    handler: 'index.handler',
  },
  'a .js file that package.json declares a module': {
    files: { 'package.json': '{"type":"module"}', 'index.js': `export const handler = async () => 'ok'` },
    handler: 'index.handler',
  },
  'a .js file with module syntax alone': {
    files: { 'index.js': `export const handler = () => 'ok'` },
    handler: 'index.handler',
  },
  'a nested folder and a nested export': {
    files: { 'src/a/index.js': `exports.api = { handler: () => 'ok' }` },
    handler: 'src/a/index.api.handler',
  },
  'the SDK of the runtime': {
    files: {
      'index.js': `const { LambdaClient } = require('@aws-sdk/client-lambda'); exports.handler = () => LambdaClient ? 'ok' : 'no'`,
    },
    handler: 'index.handler',
  },
};
for (const [form, { files, handler }] of Object.entries(moduleForms)) {
  test(`a handler is loaded from ${form}`, async (t) => {
    const { define, call } = await startLambda(t);
    await define('form', files, { Handler: handler });
    const { payload, error } = await call('form');
    assert.equal(payload, 'ok', error);
  });
}

const initFailures: Record<string, { code: string; handler?: string; type: string; message: RegExp }> = {
  'a missing file': {
    code: '',
    handler: 'other.handler',
    type: 'Runtime.ImportModuleError',
    message: /Cannot find module 'other'/,
  },
  'a missing dependency': {
    code: `require('no-such-package')`,
    type: 'Runtime.ImportModuleError',
    message: /Cannot find module 'no-such-package'/,
  },
  'a missing export': {
    code: '',
    type: 'Runtime.HandlerNotFound',
    message: /^index.handler is undefined or not exported$/,
  },
  'an export that is no function': {
    code: 'exports.handler = 1',
    type: 'Runtime.HandlerNotFound',
    message: /not a function/,
  },
  'a syntax error': { code: 'exports.handler = (', type: 'Runtime.UserCodeSyntaxError', message: /^SyntaxError: / },
  'a handler that takes a callback': {
    code: 'exports.handler = (event, context, callback) => callback(null, 1)',
    type: 'Runtime.CallbackHandlerDeprecated',
    message: /callback-based function handlers/,
  },
  'a malformed handler name': {
    code: '',
    handler: 'index',
    type: 'Runtime.MalformedHandlerName',
    message: /Bad handler/,
  },
  'an error at load': { code: `throw new TypeError('at load')`, type: 'TypeError', message: /^at load$/ },
  'an exit at load': {
    code: 'process.exit(3)',
    type: 'Runtime.ExitError',
    message: /Runtime exited with error: exit status 3$/,
  },
};
for (const [cause, { code, handler = 'index.handler', type, message }] of Object.entries(initFailures)) {
  test(`INIT fails on ${cause} as ${type}`, async (t) => {
    const { define, call } = await startLambda(t);
    await define('broken', code, { Handler: handler });
    for (const attempt of [1, 2]) {
      const { status, payload, error } = await call('broken', { attempt });
      assert.equal(status, 200);
      assert.equal(error, 'Unhandled');
      assert.ok(typeof payload === 'object' && payload !== null && 'errorType' in payload && 'errorMessage' in payload);
      assert.equal(payload.errorType, type);
      assert.match(String(payload.errorMessage), message);
    }
  });
}

test('no return value is null, and what JSON cannot say is an error', async (t) => {
  const { define, call } = await startLambda(t);
  await define('nothing', 'exports.handler = async () => {}');
  await define('circle', 'exports.handler = async () => { const a = {}; a.a = a; return a; }');
  await define('big', 'exports.handler = async () => 1n');
  assert.equal((await call('nothing')).payload, null);
  for (const name of ['circle', 'big']) {
    const { payload, error } = await call(name);
    assert.equal(error, 'Unhandled');
    assert.match(
      text(payload),
      /"errorType":"Runtime.JSONStringifyError","errorMessage":"Unable to stringify response body"/,
    );
  }
});

test('a thrown error comes back with type, message and trace, and the environment lives on', async (t) => {
  const { define, call } = await startLambda(t);
  await define(
    'fails',
    `let n = 0; class Odd extends Error { name = 'Odd' } exports.handler = async (e) => { if (e.value) throw 'plain'; n += 1; throw new Odd('no ' + n) }`,
  );
  const first = await call('fails');
  assert.equal(first.error, 'Unhandled');
  assert.match(
    text(first.payload),
    /^\{"errorType":"Odd","errorMessage":"no 1","trace":\["Error: no 1"|^\{"errorType":"Odd","errorMessage":"no 1","trace":\["Odd: no 1"/,
  );
  assert.match(text((await call('fails')).payload), /"no 2"/);
  assert.deepEqual((await call('fails', { value: true })).payload, {
    errorType: 'string',
    errorMessage: 'plain',
    trace: [],
  });
});

test('an answer larger than 6 MB is refused', async (t) => {
  const { define, call } = await startLambda(t);
  await define('large', `exports.handler = async (n) => 'x'.repeat(n)`);
  assert.deepEqual((await call('large', 6_291_556)).payload, {
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    errorType: 'Function.ResponseSizeTooLarge',
  });
  assert.equal(text((await call('large', 6_291_554)).payload).length, 6_291_556);
});

const deaths: Record<string, { code: string; type: string; message: RegExp }> = {
  'process.exit()': {
    code: 'process.exit()',
    type: 'Runtime.ExitError',
    message: /^RequestId: [0-9a-f-]{36} Error: Runtime exited without providing a reason$/,
  },
  'process.exit(7)': {
    code: 'process.exit(7)',
    type: 'Runtime.ExitError',
    message: /exited with error: exit status 7$/,
  },
  'an uncaught exception': {
    code: `setTimeout(() => { throw new RangeError('later') }); await new Promise(() => {})`,
    type: 'RangeError',
    message: /^later$/,
  },
  'an unhandled rejection': {
    code: `Promise.reject(new Error('lost')); await new Promise(() => {})`,
    type: 'Runtime.UnhandledPromiseRejection',
    message: /^Error: lost$/,
  },
  'a map that outgrows the memory': {
    code: `const m = new Map(); for (let i = 0; ; i++) m.set('k' + i, { i })`,
    type: 'Runtime.ExitError',
    message: /exited with error: signal: killed$/,
  },
  'memory that runs out': {
    code: `const all = []; for (;;) all.push(new Array(1e6).fill(0))`,
    type: 'Runtime.ExitError',
    message: /exited with error: signal: killed$/,
  },
};
for (const [cause, { code, type, message }] of Object.entries(deaths)) {
  test(`${cause} ends the environment only, and the next invocation gets another`, async (t) => {
    const { define, call } = await startLambda(t);
    await define(
      'dies',
      `let n = 0; exports.handler = async (event) => { n += 1; if (event.die) { ${code} } return n }`,
    );
    assert.equal((await call('dies')).payload, 1);
    const { payload, error } = await call('dies', { die: true });
    assert.equal(error, 'Unhandled');
    assert.ok(typeof payload === 'object' && payload !== null && 'errorType' in payload && 'errorMessage' in payload);
    assert.equal(payload.errorType, type);
    assert.match(String(payload.errorMessage), message);
    assert.equal((await call('dies')).payload, 1);
  });
}

test('a function that takes longer than its timeout is ended, busy loop or not', async (t) => {
  const { define, call, clock, logs } = await startLambda(t);
  await define(
    'slow',
    `let n = 0; exports.handler = async (e) => { n += 1; if (e.loop) { console.log('in'); for (;;); } if (e.wait) { console.log('in'); await new Promise((r) => setTimeout(r, 1e9)); } return n }`,
    { Timeout: 1 },
  );
  for (const [index, event] of [{ loop: true }, { wait: true }].entries()) {
    const answer = call('slow', event);
    await until(
      'the function runs',
      () => (logs.get('/aws/lambda/slow') ?? []).filter((line) => line.endsWith('\tin\n')).length > index,
    );
    await clock.advance(1000);
    const { payload, error, log } = await answer;
    assert.equal(error, 'Unhandled');
    assert.match(
      text(payload),
      /^\{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds"\}$/,
    );
    const [, billed, init] =
      /Z [0-9a-f-]{36} Task timed out after 1.00 seconds\n\nEND .*\nREPORT .*Duration: 1000.00 ms\tBilled Duration: (\d+) ms.*\tInit Duration: ([\d.]+) ms\tStatus: timeout\t\n$/.exec(
        log,
      ) ?? assert.fail(log);
    // The time of INIT is billed too; it is rounded to hundredths here, and up to whole milliseconds there.
    const rest = Number(billed) - 1000 - Number(init);
    assert.ok(rest > -0.01 && rest < 1.01, log);
  }
  assert.equal((await call('slow')).payload, 1);
});

test('an INIT that never ends runs into ten seconds and the timeout', async (t) => {
  const { define, call, clock, lambda } = await startLambda(t);
  await define('stuck', `await new Promise(() => setInterval(() => {}, 1000)); export const handler = () => {}`, {
    Timeout: 2,
  });
  const answer = call('stuck');
  await until('the environment starts', () => lambda.environmentCount() === 1);
  await clock.advance(12_000);
  assert.match(text((await answer).payload), /Task timed out after 2.00 seconds/);
});

test('functions live in UTC', async (t) => {
  process.env.TZ = 'Asia/Tokyo';
  const { define, call } = await startLambda(t);
  await define('time', `exports.handler = async () => new Date('2026-06-01T12:00:00Z').getHours()`);
  assert.equal((await call('time')).payload, 12);
});

test('NODE_OPTIONS count, and those that Node does not take end INIT', async (t) => {
  const { define, call } = await startLambda(t);
  const code = 'exports.handler = async () => process.sourceMapsEnabled';
  await define('maps', code, { Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } } });
  await define('bad', code, { Environment: { Variables: { NODE_OPTIONS: '--no-such-option' } } });
  assert.equal((await call('maps')).payload, true);
  assert.match(text((await call('bad')).payload), /Runtime.ExitError.*exit status 9/);
});
