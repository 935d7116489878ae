import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAccessLog } from './access-log.ts';

const json =
  '{"agent":"$context.identity.userAgent","status":"$context.status","message":$context.error.messageString}';
const format = (agent: string, text = json) =>
  formatAccessLog(text, (variable) => {
    if (variable === 'identity.userAgent') return agent;
    return variable === 'error.messageString' ? '"Not \\"found\\""' : undefined;
  });

test('no header can end a value of a JSON line, begin another one or break the line', () => {
  const tricks = ['"', '\\', '\\"', '","status":"200', '"}\n{"status":"200', '\u001b[2J', '\u2028', '$context.status'];
  const controls = fc.string({ unit: fc.integer({ min: 0, max: 0xa0 }).map((code) => String.fromCharCode(code)) });
  const agent = fc.oneof(fc.constantFrom(...tricks), controls, fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(
      agent.filter((text) => text !== ''),
      (text) => {
        const line = format(text);
        assert.deepEqual(JSON.parse(line), { agent: text, status: '-', message: 'Not "found"' });
        assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}]/u);
      },
    ),
  );
});

test('a line of another format has the values as they are', () => {
  assert.equal(format('curl "8"', '$context.identity.userAgent [$context.status]'), 'curl "8" [-]');
});
