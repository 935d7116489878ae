import assert from 'node:assert/strict';
import { it } from 'node:test';
import { updateExpression } from './update-expression.ts';

it('sets what has a value and removes what is undefined', () => {
  assert.deepEqual(updateExpression({ name: 'x', count: 0, note: undefined, empty: '', nothing: null }), {
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
  assert.equal(updateExpression({ a: 1 }).UpdateExpression, 'SET #a = :a');
});
