import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchemaEngine } from './schema-engine.ts';

test('each property of a model is held to its own pattern', () => {
  for (const allErrors of [true, false]) {
    const validate = createSchemaEngine(allErrors).compile({
      properties: { word: { type: 'string', pattern: '^[a-z]+$' }, number: { type: 'string', pattern: '^[0-9]+$' } },
      patternProperties: { '^x-': { type: 'boolean' } },
    });
    assert.equal(validate({ word: 'abc', number: '123', 'x-flag': true }), true);
    assert.equal(validate({ word: '123', number: '123' }), false);
    assert.equal(validate({ word: 'abc', number: 'abc' }), false);
    assert.equal(validate({ 'x-flag': 1 }), false);
  }
});
