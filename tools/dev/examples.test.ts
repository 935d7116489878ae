import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { RouteAccess } from 'local-aws';
import { exampleRequests } from './examples.ts';

function project(specifications: Readonly<Record<string, object>>) {
  const root = mkdtempDisposableSync(join(tmpdir(), 'examples-'));
  mkdirSync(join(root.path, 'openapi'));
  for (const [name, paths] of Object.entries(specifications)) {
    writeFileSync(join(root.path, 'openapi', `${name}.yml`), JSON.stringify({ paths }));
  }
  return root;
}
const route = (method: string, path: string, asks: Partial<RouteAccess> = {}): RouteAccess => ({
  method,
  path,
  authorization: 'none',
  apiKey: undefined,
  ...asks,
});
const service = (name: string, routes: readonly RouteAccess[] = []) => ({
  name,
  url: `http://localhost:4566/${name}`,
  routes,
  functionArns: ['arn:aws:lambda:us-east-1:000000000000:function:own'],
});
const post = (example: object) => ({ requestBody: { content: { 'application/json': { example } } } });

test('the first POST with an example is shown, quoted for a shell, with a GET of another service', () => {
  using root = project({
    tasks: { '/tasks': { post: post({ title: "Ada's task" }), get: {} } },
    planner: { '/planner': { get: { parameters: [{ name: 'date', in: 'query' }] } } },
  });
  expect(exampleRequests(root.path, [service('tasks'), service('planner')])).toStrictEqual([
    `curl -X POST 'http://localhost:4566/tasks/tasks' -H 'content-type: application/json' -d '{"title":"Ada'\\''s task"}'`,
    `curl 'http://localhost:4566/planner/planner'`,
  ]);
});

test('a GET that needs parameters is passed over', () => {
  using root = project({
    orders: { '/orders': { post: post({ amount: 1 }), get: { parameters: [{ name: 'username', required: true }] } } },
  });
  expect(exampleRequests(root.path, [service('orders')])).toHaveLength(1);
});

test('services without a specification have no examples', () => {
  using root = project({});
  expect(exampleRequests(root.path, [service('a')])).toStrictEqual([]);
});

test('where the deployed routes want a token, a line gets one with the scopes of the specification', () => {
  const secured = { ...post({ a: 1 }), security: [{}, { bearer: ['tasks/write'] }] };
  using root = project({
    tasks: { '/tasks': { post: secured } },
    planner: { '/planner': { get: { security: [{ bearer: ['planner/read'] }] } } },
  });
  const own = { authorization: 'function', functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:own' } as const;
  const services = [
    service('tasks', [route('POST', '/tasks', { authorization: 'token' })]),
    service('planner', [route('ANY', '/planner', { ...own, functionArn: `${own.functionArn}:live`, apiKey: 'key' })]),
  ];
  expect(exampleRequests(root.path, services, 'http://localhost:4567')).toStrictEqual([
    'TOKEN=$(npm run -s token -- --sub alice --scopes tasks/write,planner/read --endpoint-url http://localhost:4567)',
    `curl -X POST 'http://localhost:4566/tasks/tasks' -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"a":1}'`,
    `curl 'http://localhost:4566/planner/planner' -H "authorization: Bearer $TOKEN" -H 'x-api-key: key'`,
  ]);
});

test('where they want a signature, or what a foreign function takes, the lines say so', () => {
  using root = project({ tasks: { '/tasks': { get: {}, post: post({ a: 1 }) } }, other: { '/x': { get: {} } } });
  const foreign = {
    authorization: 'function',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:far',
  } as const;
  const services = [
    service('tasks', [route('POST', '/tasks', { authorization: 'signature' })]),
    service('other', [route('GET', '/x', foreign)]),
  ];
  const [create, read] = exampleRequests(root.path, services);
  expect(create).toMatch(/ --aws-sigv4 'aws:amz:us-east-1:execute-api' -u test:test /);
  expect(read).toMatch(/ -H "authorization: \$AUTHORIZATION"$/);
});
