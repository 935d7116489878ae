import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listServices } from './deployed-services.ts';

const endpoint = 'http://localhost:4566';
const stack = (name: string, outputs: Record<string, string>, status = 'UPDATE_COMPLETE') => ({
  name,
  outputs,
  status,
});

test('the address of a REST API names its stage', () => {
  const outputs = { ServiceEndpoint: 'https://abc123.execute-api.us-east-1.amazonaws.com/local' };
  assert.deepEqual(listServices([stack('tasks-local', outputs)], endpoint, []), [
    {
      name: 'tasks',
      stack: 'tasks-local',
      apiId: 'abc123',
      endpoint: 'http://localhost:4566/_aws/execute-api/abc123/local',
      url: 'http://localhost:4566/_aws/execute-api/abc123/local',
    },
  ]);
});

test('the address of an HTTP API is that of its $default stage', () => {
  const outputs = { HttpApiUrl: 'https://abc123.execute-api.us-east-1.amazonaws.com' };
  assert.equal(
    listServices([stack('friends-local', outputs)], endpoint, [])[0]?.endpoint,
    'http://localhost:4566/_aws/execute-api/abc123/$default',
  );
});

test('a service without an API is listed without an address', () => {
  assert.deepEqual(listServices([stack('users-async-local', { QueueUrl: 'x' })], endpoint, []), [
    { name: 'users-async', stack: 'users-async-local', apiId: undefined, endpoint: undefined, url: undefined },
  ]);
});

test('a stack that is gone or still being made is not listed', () => {
  const stacks = ['DELETE_COMPLETE', 'CREATE_IN_PROGRESS', 'CREATE_FAILED'].map((status) =>
    stack('x-local', {}, status),
  );
  assert.deepEqual(listServices(stacks, endpoint, []), []);
});

test('an API that is mapped to a custom domain is called there, and may be at its own address', () => {
  const outputs = { ServiceEndpoint: 'https://abc123.execute-api.us-east-1.amazonaws.com/local' };
  const mapping = { mappingId: 'm', apiId: 'abc123', stage: 'local', basePath: 'tasks' };
  const listed = (mappings: readonly (typeof mapping | Omit<typeof mapping, 'stage'>)[]) =>
    listServices([stack('tasks-local', outputs)], endpoint, [{ name: 'api.localhost', mappings }])[0];
  assert.equal(listed([mapping])?.url, 'http://api.localhost:4566/tasks');
  assert.equal(listed([mapping])?.endpoint, 'http://localhost:4566/_aws/execute-api/abc123/local');
  assert.equal(listed([{ ...mapping, basePath: '' }])?.url, 'http://api.localhost:4566');
  const { stage: _, ...withoutStage } = mapping;
  assert.equal(listed([withoutStage])?.url, 'http://api.localhost:4566/tasks/local');
  for (const other of [
    { ...mapping, stage: 'dev' },
    { ...mapping, apiId: 'other' },
  ]) {
    assert.equal(listed([other])?.url, listed([])?.endpoint);
  }
});
