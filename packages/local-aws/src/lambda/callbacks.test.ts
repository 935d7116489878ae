import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { startLambda } from './lambda.fixture.ts';

/**
 * What AWS's runtime interface client does: version 3.3 in nodejs20.x and nodejs22.x (src/Runtime.js, src/CallbackContext.js),
 * version 4 in nodejs24.x (src/runtime/buffered-invoke-processor.ts, src/context/context-builder.ts).
 */
type Expected = { readonly answer: unknown } | { readonly errorType: string; readonly errorMessage?: string };

const exit13: Expected = { errorType: 'Runtime.ExitError' };
const nodeJsExit: Expected = { errorType: 'Runtime.NodeJsExit' };

const cases: Record<string, { code: string; old: Expected; current: Expected }> = {
  'a handler that returns a value without a promise': {
    code: '() => 1',
    old: { answer: null },
    current: { answer: 1 },
  },
  'an async handler': { code: 'async () => 1', old: { answer: 1 }, current: { answer: 1 } },
  'a handler that returns something with a method then': {
    code: '() => ({ then: (resolve) => resolve(2) })',
    old: { answer: 2 },
    current: { answer: 2 },
  },
  'a handler that throws': {
    code: `() => { throw new RangeError('no') }`,
    old: { errorType: 'RangeError', errorMessage: 'no' },
    current: { errorType: 'RangeError', errorMessage: 'no' },
  },
  'an async handler whose promise never settles': {
    code: 'async () => { await new Promise(() => {}) }',
    old: nodeJsExit,
    current: exit13,
  },
  'a handler that returns a promise that never settles': {
    code: '() => new Promise(() => {})',
    old: { answer: null },
    current: exit13,
  },
  'a handler that uses context.succeed': {
    code: '(event, context) => { context.succeed(3) }',
    old: { answer: 3 },
    current: { errorType: 'TypeError' },
  },
  'a handler that asks for callbackWaitsForEmptyEventLoop': {
    code: 'async (event, context) => context.callbackWaitsForEmptyEventLoop ?? "none"',
    old: { answer: true },
    current: { answer: 'none' },
  },
};
for (const [handler, { code, old, current }] of Object.entries(cases)) {
  for (const [runtime, expected] of [
    ['nodejs20.x', old],
    ['nodejs22.x', old],
    ['nodejs24.x', current],
  ] as const) {
    test(`${handler}, in ${runtime}`, async (t) => {
      const { define, call } = await startLambda(t);
      await define('handler', `exports.handler = ${code}`, { Runtime: runtime });
      check(await call('handler'), expected);
    });
  }
}

const callbacks: Record<string, { code: string; expected: Expected }> = {
  'gets an error that is empty text': {
    code: `(e, c, callback) => callback('')`,
    expected: { errorType: 'string', errorMessage: '' },
  },
  'gets null and a result': { code: '(e, c, callback) => callback(null, { a: 1 })', expected: { answer: { a: 1 } } },
  'gets nothing': { code: '(e, c, callback) => callback()', expected: { answer: null } },
  'is taken from arguments': {
    code: 'function () { arguments[2](undefined, 4) }',
    expected: { answer: 4 },
  },
  'waits for an empty event loop': {
    code: `(e, c, callback) => { const result = []; callback(null, result); setTimeout(() => result.push('later'), 20) }`,
    expected: { answer: ['later'] },
  },
  'does not wait when callbackWaitsForEmptyEventLoop is false': {
    code: `(e, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; const result = []; setTimeout(() => result.push('later'), 1e8); callback(null, result) }`,
    expected: { answer: [] },
  },
  'does not wait with an error': {
    code: `(e, c, callback) => { setTimeout(() => {}, 1e8); callback(new Error('no')) }`,
    expected: { errorType: 'Error', errorMessage: 'no' },
  },
  'comes first, before the promise of the handler': {
    code: `async (e, c, callback) => { callback(null, 'first'); return 'second' }`,
    expected: { answer: 'first' },
  },
  'is called twice': {
    code: `(e, c, callback) => { callback(null, 'first'); callback(new Error('second')) }`,
    expected: { answer: 'first' },
  },
  'is never called': { code: '(e, c, callback) => {}', expected: { answer: null } },
  'is left alone for context.done with an error': {
    code: `(e, context, callback) => context.done(new TypeError('done'))`,
    expected: { errorType: 'TypeError', errorMessage: 'done' },
  },
  'is left alone for context.fail without one': {
    code: '(e, context, callback) => context.fail()',
    expected: { errorType: 'string', errorMessage: 'handled' },
  },
  'is left alone for context.succeed, which does not wait': {
    code: `(e, context, callback) => { setTimeout(() => {}, 1e8); context.succeed('now') }`,
    expected: { answer: 'now' },
  },
};
for (const [what, { code, expected }] of Object.entries(callbacks)) {
  test(`a callback that ${what}`, async (t) => {
    const { define, call } = await startLambda(t);
    await define('callback', `exports.handler = ${code}`, { Runtime: 'nodejs22.x' });
    check(await call('callback'), expected);
    check(await call('callback'), expected);
  });
}

test('functions with a callback get the warning that nodejs24.x has none, unless they declined it', async (t) => {
  const { define, call } = await startLambda(t);
  const code = 'exports.handler = (event, context, callback) => callback()';
  await define('told', code, { Runtime: 'nodejs20.x' });
  await define('silent', code, {
    Runtime: 'nodejs20.x',
    Environment: { Variables: { AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING: '1' } },
  });
  assert.match((await call('told')).log, /\tundefined\tWARN\tAWS Lambda plans to remove support for callback-based/);
  assert.doesNotMatch((await call('silent')).log, /WARN/);
});

test('a promise that never settles does not end an environment of nodejs22.x', async (t) => {
  const { define, call, lambda } = await startLambda(t);
  await define(
    'stuck',
    `let n = 0; exports.handler = async (event) => { n += 1; if (event.stuck) await new Promise(() => {}); return n }`,
    {
      Runtime: 'nodejs22.x',
    },
  );
  const { log } = await call('stuck', { stuck: true });
  assert.match(
    log,
    /\tERROR\tInvoke Error \t\{"errorType":"Runtime.NodeJsExit","errorMessage":"The Lambda runtime client/,
  );
  assert.equal((await call('stuck')).payload, 2);
  assert.equal(lambda.environmentCount('stuck'), 1);
});

function check({ payload, error }: { payload: unknown; error: string | undefined }, expected: Expected): void {
  if ('answer' in expected) {
    assert.deepEqual({ payload, error }, { payload: expected.answer, error: undefined });
    return;
  }
  assert.equal(error, 'Unhandled', JSON.stringify(payload));
  const { errorType, errorMessage } = z.object({ errorType: z.string(), errorMessage: z.string() }).parse(payload);
  assert.deepEqual({ errorType, errorMessage }, { errorMessage, ...expected });
}
