import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { optionSets, selectOptionSets, stages } from './option-sets.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const file = join(root, 'shared', 'serverless', 'params.yml');
const parameters = z
  .looseObject({ default: z.record(z.string(), z.unknown()) })
  .parse(parse(readFileSync(file, 'utf8')));

test('Every parameter is away from its default in some set', () => {
  const unchanged = Object.entries(parameters.default).filter(
    ([name, value]) => !optionSets.some(({ params }) => name in params && params[name] !== String(value)),
  );
  assert.deepEqual(unchanged, []);
});

test('Every parameter that is set is one that services take', () => {
  const unknown = optionSets
    .flatMap(({ params }) => Object.keys(params))
    .filter((name) => !(name in parameters.default));
  assert.deepEqual(unknown, []);
});

test('Every kind of authorizer is there in every stage, with and without all else', () => {
  for (const stage of stages) {
    const auths = optionSets.filter((set) => set.stage === stage).map(({ params }) => params.auth ?? 'none');
    assert.deepEqual([...new Set(auths)].sort(), ['cognito', 'iam', 'jwt', 'lambda', 'none']);
  }
});

test('Sets have names of their own, by which they are selected', () => {
  const names = optionSets.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(
    selectOptionSets('dev-defaults,prod-everything').map(({ stage }) => stage),
    ['dev', 'prod'],
  );
  assert.equal(selectOptionSets('all').length, names.length);
  assert.throws(() => selectOptionSets('nothing'), /There are no options "nothing"/);
});
