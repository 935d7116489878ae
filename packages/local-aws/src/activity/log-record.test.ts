import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { startLambda } from '../lambda/lambda.fixture.ts';
import { logText } from './activity-text.ts';
import { readLogRecord } from './log-record.ts';

const shown = (event: string): string | undefined => {
  const record = readLogRecord(event);
  return record && stripVTControlCharacters(logText('greet', record));
};

test('a line of a logger is its level, its function, its message, and then its own fields', () => {
  const line = {
    level: 'INFO',
    message: 'Task created',
    timestamp: '2026-01-01T00:00:00.000Z',
    service: 'tasks',
    cold_start: true,
    function_name: 'tasks-local-createTask',
    function_request_id: 'r',
    taskId: '0192',
    title: 'Water the plants',
    counts: { open: 1 },
  };
  assert.equal(
    shown(`${JSON.stringify(line)}\n`),
    'INFO  greet  Task created  taskId=0192 title="Water the plants" counts={ open: 1 }',
  );
});

test('numbered levels, messages called msg, and messages that are objects are readable too', () => {
  assert.equal(shown('{"level":40,"msg":"slow","ms":900}'), 'WARN  greet  slow  ms=900');
  assert.equal(shown('{"level":"INFO","message":{"a":1}}'), 'INFO  greet  {"a":1}');
});

test('plain text is shown as it is', () => {
  assert.equal(shown('done\n'), '      greet  done');
  assert.equal(shown('{"not": json\n'), '      greet  {"not": json');
});

test('embedded metrics are not shown', () => {
  assert.equal(shown('{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"Orders":1}'), undefined);
});

for (const LogFormat of ['JSON', 'Text'] as const) {
  test(`of a function that logs ${LogFormat}, what it prints is shown, and nothing of the platform`, async (t) => {
    const { define, call, logs } = await startLambda(t);
    const code = `exports.handler = async () => {
      console.log('two\\nlines', { a: 1 });
      console.warn('careful');
      process.stdout.write('raw\\n');
    }`;
    await define('greet', code, {
      LoggingConfig: { LogFormat, ...(LogFormat === 'JSON' && { SystemLogLevel: 'DEBUG' }) },
    });
    await call('greet');
    const lines = (logs.get('/aws/lambda/greet') ?? []).flatMap((event) => shown(event) ?? []);
    assert.deepEqual(lines, ['INFO  greet  two\nlines { a: 1 }', 'WARN  greet  careful', '      greet  raw']);
  });
}
