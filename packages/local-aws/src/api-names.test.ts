import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apisNamed, type NamedApi, nameOf, onlyApiNamed, serviceOf } from './api-names.ts';

const api = (stack: string, changes: Partial<NamedApi> = {}): NamedApi => {
  const stage = changes.stage ?? 'local';
  return { stack, service: serviceOf(stack, [stage]), region: 'us-east-1', logicalId: 'Api', stage, ...changes };
};

test('a service is called as its stack, without the stage at its end', () => {
  assert.equal(serviceOf('tasks-local', ['local']), 'tasks');
  assert.equal(serviceOf('friends-local', ['$default', 'local']), 'friends');
  assert.equal(serviceOf('shop', ['local', undefined]), 'shop');
  assert.equal(serviceOf('local', ['local']), 'local');
});

test('an API alone in its service has the name of the service, and answers to the name of its stack', () => {
  const apis = [api('tasks-local'), api('users-local')];
  assert.deepEqual(
    apis.map((each) => nameOf(apis, each)),
    ['tasks', 'users'],
  );
  assert.equal(onlyApiNamed(apis, 'users-local'), apis[1]);
});

test('of several APIs of one service each has a name of its own, which means it alone', () => {
  const apis = [
    api('shop-local'),
    api('shop-dev', { stage: 'dev' }),
    api('both-local', { logicalId: 'RestApi' }),
    api('both-local', { logicalId: 'HttpApi', stage: '$default', service: 'both' }),
    api('stages', { stage: 'one' }),
    api('stages', { stage: 'two' }),
    api('far-local'),
    api('far-local', { region: 'eu-central-1' }),
  ];
  const names = apis.map((each) => nameOf(apis, each));
  assert.deepEqual(names, [
    ...['shop-local', 'shop-dev', 'both.RestApi', 'both.HttpApi', 'stages.one', 'stages.two'],
    ...['far', 'far.eu-central-1'],
  ]);
  assert.deepEqual(
    names.map((name) => onlyApiNamed(apis, name)),
    apis,
  );
});

test('logical id, stage and region are accepted in any order, also where the name alone is enough', () => {
  const apis = [api('tasks-local'), api('users-local')];
  for (const name of ['tasks.Api', 'tasks.local', 'tasks-local.us-east-1.local.Api', 'tasks.Api.local.us-east-1']) {
    assert.equal(onlyApiNamed(apis, name), apis[0], name);
  }
});

test('a stack goes before a service of the same name', () => {
  const apis = [api('tasks', { service: 'tasks' }), api('tasks-local')];
  assert.equal(onlyApiNamed(apis, 'tasks'), apis[0]);
  assert.deepEqual(
    apis.map((each) => nameOf(apis, each)),
    ['tasks', 'tasks-local'],
  );
});

test('an ambiguous name is refused with the names to choose from, and an unknown one with all', () => {
  const apis = [api('shop-local'), api('shop-dev', { stage: 'dev' }), api('users-local')];
  assert.throws(() => onlyApiNamed(apis, 'shop'), {
    status: 409,
    message: 'shop names several APIs. Use one of: shop-local, shop-dev.',
  });
  assert.throws(() => onlyApiNamed(apis, 'orders'), {
    status: 404,
    message: 'There is no API named orders. APIs: shop-local, shop-dev, users.',
  });
  assert.throws(() => onlyApiNamed([], ''), { message: 'There is no API named . No API is deployed.' });
  for (const name of ['', '.', 'users.', 'users.other', 'USERS', '__proto__']) {
    assert.deepEqual(apisNamed(apis, name), [], name);
  }
});
