import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeOption } from './take-option.ts';

test('an option is taken out in both forms, and all else stays in order', () => {
  const args = ['deploy', '--param', 'a=1', '--stage', 'dev', '--param=b=2=3', '--verbose'];
  assert.deepEqual(takeOption(args, '--param'), {
    values: ['a=1', 'b=2=3'],
    rest: ['deploy', '--stage', 'dev', '--verbose'],
  });
});

test('an option without its value yields an empty one, for whoever reads it to refuse', () => {
  assert.deepEqual(takeOption(['deploy', '--param'], '--param'), { values: [''], rest: ['deploy'] });
});
