import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { until } from '../testing/until.ts';
import { startGate, startLambda } from './lambda.fixture.ts';

const requestId = '[0-9a-f]{8}-[0-9a-f-]{27}';

test('a first invocation starts an environment, the next ones find it warm', async (t) => {
  const { define, call, lambda } = await startLambda(t);
  await define('count', `let n = 0; exports.handler = async () => ++n;`);
  const cold = await call('count');
  const warm = await call('count');
  assert.deepEqual([cold.payload, warm.payload], [1, 2]);
  assert.match(
    cold.log,
    /^INIT_START Runtime Version: nodejs:24\.v\d+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:/,
  );
  assert.match(cold.log, /\tInit Duration: \d+\.\d\d ms\t\n$/);
  assert.doesNotMatch(warm.log, /INIT|Init/);
  assert.match(
    warm.log,
    new RegExp(
      `^START RequestId: (${requestId}) Version: \\$LATEST\nEND RequestId: \\1\nREPORT RequestId: \\1\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\t\n$`,
    ),
  );
  assert.equal(lambda.environmentCount('count'), 1);
});

test('an environment has one event at a time: more run in more environments, up to a limit, then wait', async (t) => {
  const { define, client, lambda } = await startLambda(t, { maxEnvironments: 3 });
  await define(
    'busy',
    `let running = 0; exports.handler = async (ms) => { running += 1; await new Promise((r) => setTimeout(r, ms)); return running--; };`,
  );
  const payload = JSON.stringify(20);
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => client.send(new InvokeCommand({ FunctionName: 'busy', Payload: payload }))),
  );
  assert.deepEqual(new Set(answers.map((answer) => answer.Payload?.transformToString())), new Set(['1']));
  assert.equal(lambda.environmentCount('busy'), 3);
});

test('idle environments go after a minute, the few that were used last after fifteen', async (t) => {
  const { define, client, call, clock, lambda } = await startLambda(t, { maxEnvironments: 8 });
  const gate = await startGate(t);
  await define('wide', `exports.handler = () => ${gate.wait}`);
  const answers = Array.from({ length: 8 }, () => client.send(new InvokeCommand({ FunctionName: 'wide' })));
  await until('all run', () => gate.waiting() === 8);
  gate.open();
  await Promise.all(answers);
  assert.equal(lambda.environmentCount(), 8);
  await clock.advance(45_000);
  assert.equal(lambda.environmentCount(), 8);
  await clock.advance(30_000);
  assert.equal(lambda.environmentCount(), 2);
  await clock.advance(16 * 60_000);
  assert.equal(lambda.environmentCount(), 0);
  assert.equal((await call('wide')).status, 200);
});

test('idle environments share a limit of memory: those that were used first go', async (t) => {
  // The resident memory of one is about 50 MB, of which most is shared.
  const { define, call, clock, lambda } = await startLambda(t, { idleMemoryBytes: 160 * 1024 * 1024 });
  for (const name of ['one', 'two', 'three', 'four', 'five']) {
    await define(name, `let n = 0; exports.handler = async () => ++n;`);
    assert.equal((await call(name)).payload, 1);
    await clock.advance(10);
  }
  const counts = ['one', 'two', 'three', 'four', 'five'].map((name) => lambda.environmentCount(name));
  assert.deepEqual([counts[0], counts[4]], [0, 1]);
  assert.equal((await call('five')).payload, 2);
  assert.equal((await call('one')).payload, 1);
});

test('reserved concurrency throttles what exceeds it', async (t) => {
  const { define, client } = await startLambda(t);
  const gate = await startGate(t);
  await define('one', `exports.handler = () => ${gate.wait}`);
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'one', ReservedConcurrentExecutions: 1 }));
  const first = client.send(new InvokeCommand({ FunctionName: 'one' }));
  await until('the first runs', () => gate.waiting() === 1);
  await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'one' })), {
    name: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    Type: 'User',
  });
  gate.open();
  assert.equal((await first).StatusCode, 200);
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'one', ReservedConcurrentExecutions: 0 }));
  await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'one' })), { name: 'TooManyRequestsException' });
});

test('a dry run answers 204 and runs nothing', async (t) => {
  const { define, client, lambda } = await startLambda(t);
  await define('dry', `throw new Error('must not run')`);
  const answer = await client.send(new InvokeCommand({ FunctionName: 'dry', InvocationType: 'DryRun' }));
  assert.equal(answer.StatusCode, 204);
  assert.equal(lambda.environmentCount(), 0);
});

// test_invocation_type_event, test_invocation_type_dry_run and test_invocation_type_request_response of LocalStack
test('only an answer of the function names the version that gave it', async (t) => {
  const { define, client } = await startLambda(t);
  await define('echo', 'exports.handler = async (event) => event');
  const answers = [];
  for (const InvocationType of ['RequestResponse', 'Event', 'DryRun'] as const) {
    const { StatusCode, ExecutedVersion } = await client.send(
      new InvokeCommand({ FunctionName: 'echo', InvocationType }),
    );
    answers.push([StatusCode, ExecutedVersion]);
  }
  assert.deepEqual(answers, [
    [200, '$LATEST'],
    [202, undefined],
    [204, undefined],
  ]);
});

test('a payload that is no JSON, one that is too large and an unknown function are refused', async (t) => {
  const { define, client, call, lambda } = await startLambda(t);
  await define('echo', 'exports.handler = async (event) => event');
  for (const type of ['RequestResponse', 'Event'] as const) {
    await assert.rejects(
      client.send(new InvokeCommand({ FunctionName: 'echo', InvocationType: type, Payload: Buffer.from('{"a":') })),
      { name: 'InvalidRequestContentException' },
    );
  }
  await assert.rejects(
    client.send(new InvokeCommand({ FunctionName: 'echo', Payload: Buffer.from(`"${'x'.repeat(6_291_455)}"`) })),
    {
      name: 'RequestTooLargeException',
    },
  );
  await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'nobody' })), {
    name: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST',
  });
  await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'no body' })), { name: 'ValidationException' });
  assert.deepEqual((await call('echo', { fine: true })).payload, { fine: true });
  assert.equal(lambda.environmentCount(), 1);
});

test('client context and trace id reach the handler', async (t) => {
  const { define, client } = await startLambda(t);
  await define('context', `exports.handler = async (e, c) => [c.clientContext, process.env._X_AMZN_TRACE_ID]`);
  const traceId = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
  const command = new InvokeCommand({
    FunctionName: 'context',
    ClientContext: Buffer.from('{"custom":{"a":1}}').toString('base64'),
  });
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = z.object({ headers: z.record(z.string(), z.string()) }).parse(args.request);
      Object.assign(headers, { 'x-amzn-trace-id': traceId });
      return next({
        ...args,
        request: Object.assign(Object.create(Object.getPrototypeOf(args.request)), args.request, { headers }),
      });
    },
    { step: 'build' },
  );
  const answer = await client.send(command);
  assert.deepEqual(JSON.parse(answer.Payload?.transformToString() ?? ''), [{ custom: { a: 1 } }, traceId]);
});

test('a service may call a function only when its policy allows that service and source', async (t) => {
  const { define, client, lambda } = await startLambda(t);
  await define('guarded', 'exports.handler = async () => 1');
  const sourceArn = 'arn:aws:execute-api:us-east-1:000000000000:abc/local/GET/tasks';
  const invoke = (service: string, arn = sourceArn) =>
    lambda.invoker.invoke({
      functionName: 'guarded',
      type: 'RequestResponse',
      payload: '{}',
      principal: { kind: 'service', service, sourceArn: arn },
    });
  await assert.rejects(invoke('apigateway.amazonaws.com'), { code: 'AccessDeniedException', status: 403 });
  const { AddPermissionCommand } = await import('@aws-sdk/client-lambda');
  await client.send(
    new AddPermissionCommand({
      FunctionName: 'guarded',
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: 'arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/*',
      SourceAccount: '000000000000',
    }),
  );
  assert.equal((await invoke('apigateway.amazonaws.com')).payload.toString(), '1');
  await assert.rejects(invoke('sns.amazonaws.com'), { code: 'AccessDeniedException' });
  await assert.rejects(invoke('apigateway.amazonaws.com', sourceArn.replace('GET', 'PUT')), {
    code: 'AccessDeniedException',
  });
  await assert.rejects(invoke('apigateway.amazonaws.com', sourceArn.replace('000000000000', '111111111111')), {
    code: 'AccessDeniedException',
  });
});

test('a changed function is served by new environments, while running ones finish', async (t) => {
  const { define, client, call } = await startLambda(t);
  const gate = await startGate(t);
  await define('swap', `exports.handler = async () => { await ${gate.wait}; return process.env.V ?? 'none'; }`);
  const running = call('swap');
  await until('it runs', () => gate.waiting() === 1);
  await client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'swap',
      Environment: { Variables: { VERSION: 'x', V1: 'y' } },
    }),
  );
  await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 5, minDelay: 1 }, { FunctionName: 'swap' });
  gate.open();
  assert.equal((await running).payload, 'none');
  await client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: 'swap', Environment: { Variables: { VV: '2' } } }),
  );
  assert.equal((await call('swap')).payload, 'none');
});

test('code is swapped in place', async (t) => {
  const { define, call, lambda } = await startLambda(t);
  const { zip } = await import('./lambda.fixture.ts');
  await define('live', `exports.handler = async () => 'old'`);
  assert.equal((await call('live')).payload, 'old');
  await lambda.updateCode('live', zip({ 'index.js': `exports.handler = async () => 'new'` }));
  assert.equal((await call('live')).payload, 'new');
  await assert.rejects(lambda.updateCode('nobody', Buffer.of()), { code: 'ResourceNotFoundException' });
});

test('invocations that run or wait when the endpoint closes fail cleanly', async (t) => {
  const { define, client, lambda, logs } = await startLambda(t, { maxEnvironments: 1 });
  await define(
    'hangs',
    `exports.handler = async () => { console.log('in'); await new Promise((r) => setTimeout(r, 1e9)); }`,
  );
  const answers = [1, 2].map(() =>
    client.send(new InvokeCommand({ FunctionName: 'hangs' })).catch((error: unknown) => error),
  );
  await until('it runs', () => (logs.get('/aws/lambda/hangs') ?? []).some((line) => line.includes('\tin')));
  await lambda.close();
  for (const answer of await Promise.all(answers)) {
    assert.ok(answer instanceof Error);
    assert.equal(answer.message, 'The local endpoint is shutting down.');
  }
  assert.equal(lambda.environmentCount(), 0);
});

test('thousands of invocations leave nothing behind', async (t) => {
  const { define, lambda } = await startLambda(t);
  await define('small', `exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })`);
  const principal = { kind: 'account', arn: 'arn:aws:iam::000000000000:root' } as const;
  const payload = JSON.stringify({ text: 'x'.repeat(2000) });
  for (let n = 0; n < 3000; n += 1) {
    const { functionError } = await lambda.invoker.invoke({
      functionName: 'small',
      type: 'RequestResponse',
      payload,
      principal,
    });
    assert.equal(functionError, undefined);
  }
  assert.equal(lambda.environmentCount(), 1);
});
