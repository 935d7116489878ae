import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuMilliseconds } from '../../testing/cpu-time.ts';
import { redact, redactHeaders } from './redact.ts';

const secret = 'hunter2-hunter2';

describe('credentials are replaced', () => {
  const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.${'s'.repeat(40)}`;
  const event = JSON.stringify({ headers: { Authorization: `Bearer ${secret}`, accept: '*/*' } });
  for (const [name, text] of [
    ['in a member of JSON', `{"password":"${secret}"}`],
    ['in a member with quotes inside', `{"password":"a\\"${secret}"}`],
    ['in a list of values', `{"multiValueHeaders":{"Cookie":["a=1","sid=${secret}"]}}`],
    ['in an item of DynamoDB', `{"password":{"S":"${secret}"}}`],
    ['in the event of a function', event],
    ['in JSON within JSON', JSON.stringify({ body: event })],
    ['in JSON within JSON within JSON', JSON.stringify({ Message: JSON.stringify({ body: event }) })],
    ['in a form', `Action=SendMessage&MessageBody=${encodeURIComponent(`{"secret":"${secret}"}`)}`],
    ['in what console.log printed', `2026 INFO { authorization: '${secret}', id: 1 }`],
    ['in a header line', `authorization: Bearer ${secret}`],
    ['in a presigned URL', `https://x/y?X-Amz-Signature=${secret}&X-Amz-Expires=1`],
    ['in a signature', `AWS4-HMAC-SHA256 Credential=AKIA/2026/x, Signature=${secret}`],
    ['in a payload that was cut', `{"password":"${secret}`],
  ] as const) {
    it(name, () => {
      assert.ok(!redact(text).includes(secret), redact(text));
    });
  }

  it('as tokens wherever they are', () => {
    assert.equal(redact(`token was ${jwt}.`), 'token was [redacted].');
  });

  it('in headers by their name', () => {
    assert.deepEqual(
      redactHeaders([
        ['X-Api-Key', secret],
        ['Accept', 'text/html'],
      ]),
      [
        ['X-Api-Key', '[redacted]'],
        ['Accept', 'text/html'],
      ],
    );
  });
});

it('leaves everything else as it is', () => {
  for (const text of [
    '',
    '{"id":"1","authorized":true,"author":"x","note":"no password here"}',
    'id=1&name=x',
    '{"basic":1,"bearer":"none"}',
    '<xml><a>1</a></xml>',
  ]) {
    assert.equal(redact(text), text);
  }
});

it('keeps JSON readable as JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (json, value) => {
      const text = JSON.stringify({
        json: JSON.parse(json),
        Authorization: value,
        nested: JSON.stringify({ password: value }),
      });
      assert.doesNotThrow(() => JSON.parse(redact(text)));
    }),
  );
});

it('takes time in proportion to the text, whatever it is', () => {
  for (const piece of [
    '"password":"',
    '\\"password\\":\\"',
    '%22secret%22%3A%22',
    'Bearer ',
    'eyJ',
    '"cookie":[',
    "secret: '",
  ]) {
    const text = piece.repeat(Math.ceil(65_536 / piece.length));
    assert.ok(cpuMilliseconds(() => redact(text)) < 500, piece);
  }
});
