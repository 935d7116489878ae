import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
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
  expect(names(selectServices(project, ['planner']))).toStrictEqual(['platform', 'tasks', 'planner']);
});

test('a service named twice is selected once', () => {
  expect(names(selectServices(project, ['orders', 'orders']))).toStrictEqual(['orders']);
});

test('an unknown service is refused with the list of those that exist', () => {
  expect(() => selectServices(project, ['taks'])).toThrow(
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
  expect(() => readProject(root.path)).toThrow(
    /^tasks\/serverless\.yml and notes\/serverless\.yml both say "service: tasks"/,
  );
});
