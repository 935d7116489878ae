import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Service, selectServices } from './project.ts';

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
