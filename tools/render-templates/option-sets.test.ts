import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import * as z from 'zod';
import { optionSets, selectOptionSets, stages } from './option-sets.ts';

const root = join(import.meta.dirname, '..', '..');
const file = join(root, 'shared', 'serverless', 'params.yml');
const parameters = z
  .looseObject({ default: z.record(z.string(), z.unknown()) })
  .parse(parse(readFileSync(file, 'utf8')));

test('Every parameter is away from its default in some set', () => {
  const unchanged = Object.entries(parameters.default).filter(
    ([name, value]) => !optionSets.some(({ params }) => name in params && params[name] !== String(value)),
  );
  expect(unchanged).toStrictEqual([]);
});

test('Every parameter that is set is one that services take', () => {
  const unknown = optionSets
    .flatMap(({ params }) => Object.keys(params))
    .filter((name) => !(name in parameters.default));
  expect(unknown).toStrictEqual([]);
});

test('Every kind of authorizer is there in every stage, with and without all else', () => {
  for (const stage of stages) {
    const auths = optionSets.filter((set) => set.stage === stage).map(({ params }) => params.auth ?? 'none');
    expect([...new Set(auths)].sort()).toStrictEqual(['cognito', 'iam', 'jwt', 'lambda', 'none']);
  }
});

test('Sets have names of their own, by which they are selected', () => {
  const names = optionSets.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(selectOptionSets('dev-defaults,prod-everything').map(({ stage }) => stage)).toStrictEqual(['dev', 'prod']);
  expect(selectOptionSets('all')).toHaveLength(names.length);
  expect(() => selectOptionSets('nothing')).toThrow(/There are no options "nothing"/);
});
