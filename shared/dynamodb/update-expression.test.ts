import { expect, it } from '@jest/globals';
import { updateExpression } from './update-expression.ts';

it('sets what has a value and removes what is undefined', () => {
  expect(updateExpression({ name: 'x', count: 0, note: undefined, empty: '', nothing: null })).toStrictEqual({
    UpdateExpression: 'SET #name = :name, #count = :count, #empty = :empty, #nothing = :nothing REMOVE #note',
    ExpressionAttributeNames: {
      '#name': 'name',
      '#count': 'count',
      '#note': 'note',
      '#empty': 'empty',
      '#nothing': 'nothing',
    },
    ExpressionAttributeValues: { ':name': 'x', ':count': 0, ':empty': '', ':nothing': null },
  });
});

it('has no REMOVE when nothing is removed', () => {
  expect(updateExpression({ a: 1 }).UpdateExpression).toBe('SET #a = :a');
});
