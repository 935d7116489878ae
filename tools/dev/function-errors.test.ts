import { CreateFunctionCommand, InvokeCommand, LambdaClient, type LogFormat } from '@aws-sdk/client-lambda';
import { expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { startEndpoint } from 'local-aws';
import { ManualClock } from 'local-aws/clock';
import { until } from 'local-aws/testing/until';
import { awsConfig } from '#test/support/aws-config.ts';
import { functionError } from './function-errors.ts';

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

/** Runs functions in an endpoint whose clock only the test moves, and keeps what they log by group. */
async function startFunctions() {
  const clock = new ManualClock();
  const logs = new Map<string, readonly string[]>();
  const endpoint = await startEndpoint({
    port: 0,
    persist: undefined,
    iam: false,
    clock,
    onLog: (group, message) => logs.set(group, [...(logs.get(group) ?? []), message]),
    onError: (error) => {
      throw new Error(String(error));
    },
  });
  const client = new LambdaClient(awsConfig(endpoint.url));
  return {
    clock,
    logs,
    define: (
      FunctionName: string,
      code: string,
      settings: { readonly format?: LogFormat; readonly timeout?: number } = {},
    ) =>
      client.send(
        new CreateFunctionCommand({
          FunctionName,
          Role: 'arn:aws:iam::000000000000:role/test',
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Code: { ZipFile: zipSync({ 'index.js': strToU8(code) }) },
          LoggingConfig: { LogFormat: settings.format },
          Timeout: settings.timeout,
        }),
      ),
    call: (FunctionName: string) => client.send(new InvokeCommand({ FunctionName })),
    errorsOf(functionName: string): readonly string[] {
      const group = `/aws/lambda/${functionName}`;
      return (logs.get(group) ?? []).flatMap((message) => functionError(group, message) ?? []);
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await endpoint.close();
    },
  };
}

for (const format of ['JSON', 'Text'] as const) {
  test(`each failure of a function that logs ${format} is reported once`, async () => {
    await using functions = await startFunctions();
    const expectReport = async (name: keyof typeof failing, expected: RegExp): Promise<void> => {
      await functions.define(name, failing[name], { format });
      await functions.call(name);
      expect(functions.errorsOf(name)).toStrictEqual([expect.stringMatching(expected)]);
    };
    await expectReport('throwing', /^throwing: TypeError: no such thing\n +at exports\.handler /);
    await expectReport('unloadable', /^unloadable: Error: Cannot find module 'nothing-like-it'\n/);
    await expectReport('leaving', /^leaving: the process ended before it answered$/);
    await expectReport('telling', /^telling: could not read it RangeError: too far\n +at (?!.*RangeError)/s);
    if (format === 'JSON') await expectReport('logging', /^logging: Unexpected\nRangeError: too far\n +at /);
  });
}

test('a function that takes too long is reported', async () => {
  await using functions = await startFunctions();
  const { clock, logs } = functions;
  const code = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 1e9))';
  await functions.define('hanging', code, { timeout: 3 });
  const called = functions.call('hanging');
  await until('the start of the invocation', () =>
    logs.get('/aws/lambda/hanging')?.some((line) => line.startsWith('START')),
  );
  await clock.advance(3000);
  await called;
  expect(functions.errorsOf('hanging')).toStrictEqual(['hanging: Task timed out after 3.00 seconds']);
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
  expect(asked).toStrictEqual([
    ['greet', { file, line: 3, column: 141 }],
    ['greet', { file, line: 7, column: 1 }],
    ['greet', { file: 'runtime/own.mjs', line: 9, column: 1 }],
  ]);
  expect(error).toBe(
    ['greet: Unexpected', stack[0], '    at handler (src/greet.ts:2:4)', ...stack.slice(2, 4)].join('\n'),
  );
});

test('nothing else is reported', async () => {
  await using functions = await startFunctions();
  await functions.define(
    'fine',
    `exports.handler = async () => { console.warn('ERROR'); console.log({ level: 'ERROR' }) }`,
  );
  await functions.call('fine');
  await functions.define('refusing', `exports.handler = async () => { throw new Error('Unauthorized') }`, {
    format: 'JSON',
  });
  await functions.call('refusing');
  for (const name of ['fine', 'refusing']) {
    expect(functions.logs.get(`/aws/lambda/${name}`)).not.toBeUndefined();
    expect(functions.errorsOf(name)).toStrictEqual([]);
  }
  expect(functionError('/aws/apigateway/tasks-local', '{"level":"ERROR","message":"x"}')).toBeUndefined();
});
