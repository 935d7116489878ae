import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../testing/until.ts';
import { functionError } from './function-errors.ts';
import { startLambda } from './lambda.fixture.ts';

const failing = {
  throwing: `exports.handler = async () => { throw new TypeError('no such thing') }`,
  unloadable: `require('nothing-like-it')`,
  leaving: `exports.handler = async () => process.exit(3)`,
  telling: `exports.handler = async () => console.error('could not read %s', 'it', new RangeError('too far'))`,
  logging: `exports.handler = async () => {
    const { name, message, stack } = new RangeError('too far');
    process.stdout.write(JSON.stringify({ level: 'ERROR', message: 'Unexpected', error: { name, message, stack } }) + '\\n');
  }`,
};

for (const LogFormat of ['JSON', 'Text'] as const) {
  test(`every failure of a function that logs ${LogFormat} is reported once`, async (t) => {
    const { define, call, logs } = await startLambda(t);
    const told = async (name: keyof typeof failing): Promise<readonly string[]> => {
      await define(name, failing[name], { LoggingConfig: { LogFormat } });
      await call(name);
      return errorsIn(logs, name);
    };
    const assertTold = async (name: keyof typeof failing, expected: RegExp): Promise<void> => {
      const errors = await told(name);
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.match(errors[0] ?? '', expected);
    };
    await assertTold('throwing', /^throwing: TypeError: no such thing\n +at exports\.handler /);
    await assertTold('unloadable', /^unloadable: Error: Cannot find module 'nothing-like-it'\n/);
    await assertTold('leaving', /^leaving: the process ended before it answered$/);
    await assertTold('telling', /^telling: could not read it RangeError: too far\n +at (?!.*RangeError)/s);
    if (LogFormat === 'JSON') await assertTold('logging', /^logging: Unexpected\nRangeError: too far\n +at /);
  });
}

test('a function that takes too long is reported', async (t) => {
  const { define, call, clock, logs } = await startLambda(t);
  await define('hanging', 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 1e9))', { Timeout: 3 });
  const called = call('hanging');
  await until('the start of the invocation', () =>
    logs.get('/aws/lambda/hanging')?.some((line) => line.startsWith('START')),
  );
  await clock.advance(3000);
  await called;
  assert.deepEqual(errorsIn(logs, 'hanging'), ['hanging: Task timed out after 3.00 seconds']);
});

test('the trace names the source, as far as it is known, and leaves out Node and the runtime', () => {
  const stack = [
    'Error: no',
    '    at handler (/tmp/code-1/task/src/greet.cjs:3:141)',
    '    at async /tmp/code-1/task/src/greet.cjs:7:1',
    '    at file:///tmp/code-1/task/runtime/own.mjs:9:1',
    '    at run (file:///tmp/runtime/worker.mjs:47:20)',
    '    at async file:///tmp/runtime/worker.mjs:30:19',
    '    at Module._compile (node:internal/modules/cjs/loader:1929:14)',
  ];
  const message = JSON.stringify({ level: 'ERROR', message: 'Unexpected', error: { stack: stack.join('\n') } });
  const asked: unknown[] = [];
  const error = functionError('/aws/lambda/greet', message, (...place) => {
    asked.push(place);
    return place[1].line === 3 ? 'src/greet.ts:2:4' : undefined;
  });
  const file = 'src/greet.cjs';
  assert.deepEqual(asked, [
    ['greet', { file, line: 3, column: 141 }],
    ['greet', { file, line: 7, column: 1 }],
    ['greet', { file: 'runtime/own.mjs', line: 9, column: 1 }],
  ]);
  assert.equal(
    error?.text,
    ['Unexpected', stack[0], '    at handler (src/greet.ts:2:4)', ...stack.slice(2, 4)].join('\n'),
  );
});

test('nothing else is reported', async (t) => {
  const { define, call, logs } = await startLambda(t);
  await define('fine', `exports.handler = async () => { console.warn('ERROR'); console.log({ level: 'ERROR' }) }`);
  await call('fine');
  await define('refusing', `exports.handler = async () => { throw new Error('Unauthorized') }`, {
    LoggingConfig: { LogFormat: 'JSON' },
  });
  await call('refusing');
  for (const [group, lines] of logs) {
    for (const line of lines) assert.equal(functionError(group, line), undefined, line);
  }
  assert.equal(functionError('/aws/apigateway/tasks-local', '{"level":"ERROR","message":"x"}'), undefined);
});

function errorsIn(logs: ReadonlyMap<string, readonly string[]>, functionName: string): readonly string[] {
  const group = `/aws/lambda/${functionName}`;
  return (logs.get(group) ?? [])
    .flatMap((message) => functionError(group, message) ?? [])
    .map(({ functionName: name, text }) => `${name}: ${text}`);
}
