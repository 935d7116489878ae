import assert from 'node:assert/strict';
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProject, type Service, selectServices } from './project.ts';

const service = (name: string, needs: string[] = []): Service => ({
  name,
  path: `services/${name}`,
  params: {},
  needs,
  settings: {},
});
const project = [service('platform'), service('tasks', ['platform']), service('planner', ['tasks']), service('orders')];
const names = (services: readonly Service[]) => services.map(({ name }) => name);

test('a service brings what it needs, directly and through others', () => {
  assert.deepEqual(names(selectServices(project, ['planner'])), ['platform', 'tasks', 'planner']);
});

test('a service named twice is selected once', () => {
  assert.deepEqual(names(selectServices(project, ['orders', 'orders'])), ['orders']);
});

test('an unknown service is refused with the list of those that exist', () => {
  assert.throws(
    () => selectServices(project, ['taks']),
    /no service "taks"\. Services: platform, tasks, planner, orders/,
  );
});

test('a copied service that kept the name of its model is refused', () => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'project-'));
  for (const [folder, name] of [
    ['tasks', 'tasks # the model'],
    ['notes', '"tasks"'],
  ] as const) {
    mkdirSync(join(root.path, folder));
    writeFileSync(join(root.path, folder, 'serverless.yml'), `service: ${name}\nresources: !Ref Table\n`);
  }
  writeFileSync(
    join(root.path, 'serverless-compose.yml'),
    'services: { tasks: { path: tasks }, notes: { path: notes } }',
  );
  assert.throws(
    () => readProject(root.path),
    /^Error: tasks\/serverless\.yml and notes\/serverless\.yml both say "service: tasks"/,
  );
});
