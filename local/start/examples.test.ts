import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exampleRequests } from './examples.ts';

function project(t: { after(clean: () => void): void }, specifications: Readonly<Record<string, object>>): string {
  const root = mkdtempSync(join(tmpdir(), 'examples-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'openapi'));
  for (const [name, paths] of Object.entries(specifications)) {
    writeFileSync(join(root, 'openapi', `${name}.yml`), JSON.stringify({ paths }));
  }
  return root;
}
const service = (name: string) => ({ name, stack: `${name}-local`, endpoint: `http://localhost:4566/${name}` });
const post = (example: object) => ({ requestBody: { content: { 'application/json': { example } } } });

test('the first POST with an example is shown, quoted for a shell, with a GET of another service', (t) => {
  const root = project(t, {
    tasks: { '/tasks': { post: post({ title: "Ada's task" }), get: {} } },
    planner: { '/planner': { get: { parameters: [{ name: 'date', in: 'query' }] } } },
  });
  assert.deepEqual(exampleRequests(root, [service('tasks'), service('planner')]), [
    `curl -X POST 'http://localhost:4566/tasks/tasks' -H 'content-type: application/json' -d '{"title":"Ada'\\''s task"}'`,
    `curl 'http://localhost:4566/planner/planner'`,
  ]);
});

test('a GET that needs parameters is passed over', (t) => {
  const root = project(t, {
    orders: { '/orders': { post: post({ amount: 1 }), get: { parameters: [{ name: 'username', required: true }] } } },
  });
  assert.equal(exampleRequests(root, [service('orders')]).length, 1);
});

test('services without an API or a specification have no examples', (t) => {
  assert.deepEqual(exampleRequests(project(t, {}), [service('a'), { ...service('b'), endpoint: undefined }]), []);
});
