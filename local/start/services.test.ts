import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listServices } from './services.ts';

const endpoint = 'http://localhost:4566';
const stack = (name: string, outputs: Record<string, string>, status = 'UPDATE_COMPLETE') => ({
  name,
  outputs,
  status,
});

test('the address of a REST API names its stage', () => {
  const outputs = { ServiceEndpoint: 'https://abc123.execute-api.us-east-1.amazonaws.com/local' };
  assert.deepEqual(listServices([stack('tasks-local', outputs)], endpoint), [
    { name: 'tasks', stack: 'tasks-local', endpoint: 'http://localhost:4566/_aws/execute-api/abc123/local' },
  ]);
});

test('the address of an HTTP API is that of its $default stage', () => {
  const outputs = { HttpApiUrl: 'https://abc123.execute-api.us-east-1.amazonaws.com' };
  assert.equal(
    listServices([stack('friends-local', outputs)], endpoint)[0]?.endpoint,
    'http://localhost:4566/_aws/execute-api/abc123/$default',
  );
});

test('a service without an API is listed without an address', () => {
  assert.deepEqual(listServices([stack('users-async-local', { QueueUrl: 'x' })], endpoint), [
    { name: 'users-async', stack: 'users-async-local', endpoint: undefined },
  ]);
});

test('a stack that is gone or still being made is not listed', () => {
  const stacks = ['DELETE_COMPLETE', 'CREATE_IN_PROGRESS', 'CREATE_FAILED'].map((status) =>
    stack('x-local', {}, status),
  );
  assert.deepEqual(listServices(stacks, endpoint), []);
});
