import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { startLambda } from './lambda.fixture.ts';

test('console output is one event a call, with time, request and level', async (t) => {
  const { define, call, logs } = await startLambda(t);
  await define(
    'talks',
    `console.log('at load'); exports.handler = async () => { console.log('a %d', 1, { b: 2 }); console.error('two\\nlines'); console.debug('d'); }`,
  );
  await call('talks');
  const lines = (logs.get('/aws/lambda/talks') ?? []).map((line) =>
    line.replace(/^\S+Z\t/, '<time>\t').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>'),
  );
  assert.equal(lines[1], '<time>\tundefined\tINFO\tat load\n');
  assert.deepEqual(lines.slice(2, 7), [
    'START RequestId: <id> Version: $LATEST\n',
    '<time>\t<id>\tINFO\ta 1 { b: 2 }\n',
    '<time>\t<id>\tERROR\ttwo\rlines\n',
    '<time>\t<id>\tDEBUG\td\n',
    'END RequestId: <id>\n',
  ]);
});

test('what is written to stdout goes out as it is, line by line', async (t) => {
  const { define, call, logs } = await startLambda(t);
  await define(
    'raw',
    `const { Console } = require('node:console'); const own = new Console({ stdout: process.stdout });
     exports.handler = async () => { own.log('{"_aws":{}}'); process.stdout.write('part'); process.stdout.write(' and part\\nnext\\n'); process.stderr.write('no line end') }`,
  );
  await call('raw');
  assert.deepEqual((logs.get('/aws/lambda/raw') ?? []).slice(2, 6), [
    '{"_aws":{}}\n',
    'part and part\n',
    'next\n',
    'no line end\n',
  ]);
});

test('an error of the handler is logged', async (t) => {
  const { define, call } = await startLambda(t);
  await define('fails', `exports.handler = async () => { throw Object.assign(new TypeError('no'), { status: 418 }) }`);
  const { log } = await call('fails');
  assert.match(
    log,
    /\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"no","status":418,"stack":\["TypeError: no"/,
  );
  assert.match(log, /\tStatus: error\tError Type: TypeError\t\n$/);
});

const jsonRecord = z.looseObject({ message: z.unknown().optional(), type: z.string().optional() });

test('in JSON format the platform and the console write JSON', async (t) => {
  const { define, call, logs } = await startLambda(t);
  await define(
    'json',
    `exports.handler = async () => { console.info('text'); console.warn({ a: 1 }); console.error('it broke', new RangeError('why')); console.debug('hidden'); process.stdout.write('{"own":true}\\n'); }`,
    { LoggingConfig: { LogFormat: 'JSON', LogGroup: '/custom/group' } },
  );
  await call('json');
  const records = (logs.get('/custom/group') ?? []).map((line) => jsonRecord.parse(JSON.parse(line)));
  assert.deepEqual(
    records.map(({ type, message, own }) => type ?? message ?? own),
    ['platform.initStart', 'platform.start', 'text', { a: 1 }, `it broke RangeError: why`, true, 'platform.report'].map(
      (value) => (typeof value === 'string' && value.startsWith('it broke') ? records[4]?.message : value),
    ),
  );
  assert.match(String(records[4]?.message), /^it broke RangeError: why/);
  assert.equal(records[4]?.errorType, 'RangeError');
  assert.equal(records[4]?.level, 'ERROR');
  assert.match(String(records[2]?.timestamp), /Z$/);
  const report = z
    .looseObject({
      record: z.strictObject({
        requestId: z.uuid(),
        status: z.literal('success'),
        metrics: z.strictObject({
          durationMs: z.number(),
          billedDurationMs: z.int(),
          memorySizeMB: z.literal(128),
          maxMemoryUsedMB: z.int(),
          initDurationMs: z.number(),
        }),
      }),
    })
    .safeParse(records.at(-1));
  assert.ok(report.success, report.error?.message);
});

test('levels decide what is written in JSON format', async (t) => {
  const { define, call, logs } = await startLambda(t);
  const code = `exports.handler = async () => { console.debug('d'); console.info('i'); console.warn('w'); return [process.env.AWS_LAMBDA_LOG_FORMAT, process.env.AWS_LAMBDA_LOG_LEVEL] }`;
  await define('quiet', code, {
    LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', SystemLogLevel: 'WARN' },
  });
  await define('loud', code, {
    LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG', SystemLogLevel: 'DEBUG' },
  });
  assert.deepEqual((await call('quiet')).payload, ['JSON', 'WARN']);
  await call('loud');
  const shown = (name: string): unknown[] =>
    (logs.get(`/aws/lambda/${name}`) ?? [])
      .map((line) => jsonRecord.parse(JSON.parse(line)))
      .map(({ type, message }) => type ?? message);
  assert.deepEqual(shown('quiet'), ['w']);
  assert.deepEqual(shown('loud'), [
    'platform.initStart',
    'platform.start',
    'd',
    'i',
    'w',
    'platform.runtimeDone',
    'platform.report',
  ]);
});

test('the log tail is the last 4 KB', async (t) => {
  const { define, call } = await startLambda(t);
  await define(
    'long',
    `exports.handler = async () => { for (let i = 0; i < 100; i += 1) console.log('x'.repeat(100)) }`,
  );
  const { log } = await call('long');
  assert.equal(Buffer.byteLength(log), 4096);
  assert.match(log, /REPORT RequestId: .*\n$/);
});
