import { expect, test } from '@jest/globals';
import { takeOption } from './take-option.ts';

test('an option is taken out in both forms, and all else stays in order', () => {
  const args = ['deploy', '--param', 'a=1', '--stage', 'dev', '--param=b=2=3', '--verbose'];
  expect(takeOption(args, '--param')).toStrictEqual({
    values: ['a=1', 'b=2=3'],
    rest: ['deploy', '--stage', 'dev', '--verbose'],
  });
});

test('an option without its value yields an empty one, which its reader refuses', () => {
  expect(takeOption(['deploy', '--param'], '--param')).toStrictEqual({ values: [''], rest: ['deploy'] });
});
