import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../core/json.ts';
import { busEvent } from './bus-event.ts';
import { checkTransformer, transformInput } from './input-transformer.ts';

const detail: JsonObject = {
  user: '0a78',
  payload: { acc_id: '0a78', sf_id: 'baz' },
  one: ['HIGH'],
  two: ['ACTIVE', 'INACTIVE'],
  valid: true,
  quote: 'say "hi"',
};
const event = busEvent({
  ...{ id: 'id-1', source: 'shop', detailType: 'order', region: 'us-east-1', time: 0, resources: [] },
  detail,
});
const facts = { ruleArn: 'arn:rule', ruleName: 'rule', ingestionTime: '2026-01-01T00:00:00Z' };
const InputPathsMap = {
  ...Object.fromEntries(Object.keys(detail).map((name) => [name, `$.detail.${name}`])),
  none: '$.detail.none',
  first: '$.detail.two[0]',
};
const fill = (InputTemplate: string): string => transformInput({ InputPathsMap, InputTemplate }, event, facts);

/** As recorded on AWS. */
const cases: [template: string, filled: string][] = [
  ['"Payload of <payload> and <user>"', '"Payload of {acc_id:0a78,sf_id:baz} and 0a78"'],
  ['{"id" : <user>}', '{"id" : "0a78"}'],
  ['{"id" : "<user>"}', '{"id" : "0a78"}'],
  ['{"path": "users/<user>", "body": <payload>}', '{"path": "users/0a78", "body": {"acc_id":"0a78","sf_id":"baz"}}'],
  ['{"list": [<user>, "fixed"]}', '{"list": ["0a78", "fixed"]}'],
  ['"<one> single"', '"[HIGH] single"'],
  ['"<two> multiple"', '"[ACTIVE,INACTIVE] multiple"'],
  ['{"one": <one>}', '{"one": ["HIGH"]}'],
  ['"a <none> b"', '"a  b"'],
  ['{"none": <none>}', '{"none": ""}'],
  ['"Command is <valid>!"', '"Command is true!"'],
  ['"{[/any beginning <user>"', '"{[/any beginning 0a78"'],
  ['"<user> a"\n"<valid> b"', '"0a78 a"\n"true b"'],
  ['<payload>', '{"acc_id":"0a78","sf_id":"baz"}'],
  ['{"first": <first>}', '{"first": "ACTIVE"}'],
  ['{"said": "<quote>"}', '{"said": "say \\"hi\\""}'],
  [
    '"<aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>"',
    '"arn:rule rule 2026-01-01T00:00:00Z"',
  ],
  ['{"all": <aws.events.event.json>}', `{"all": ${JSON.stringify(event)}}`],
];

describe('input transformer', () => {
  for (const [template, filled] of cases) {
    it(`fills ${template.replaceAll('\n', ' ')}`, () => assert.equal(fill(template), filled));
  }

  it('gives the event without its detail, and with detailType in place of detail-type', () => {
    const { all } = JSON.parse(fill('{"all": <aws.events.event>}'));
    assert.deepEqual(Object.keys(all), [
      'version',
      'id',
      'source',
      'account',
      'time',
      'region',
      'resources',
      'detailType',
    ]);
  });

  for (const template of ['{"payload": "<payload>"}', '{"one": "<one>"}', '{"a": "users/<payload>"}']) {
    it(`does not deliver ${template}, which is no JSON once filled`, () =>
      assert.throws(() => fill(template), { code: 'ValidationException' }));
  }

  it('refuses a placeholder that is not defined', () => {
    assert.throws(() => checkTransformer('t', { InputTemplate: '"<unknown>"' }), {
      message: 'InputTemplate for target t contains invalid placeholder unknown.',
    });
  });

  it('does not let a template repeat a large value without end', () => {
    const own = { ...event, detail: { text: 'x'.repeat(100_000) } };
    const InputTemplate = JSON.stringify(Array.from({ length: 900 }, () => '<text>'));
    const transform = () => transformInput({ InputPathsMap: { text: '$.detail.text' }, InputTemplate }, own, facts);
    assert.throws(transform, { message: 'The filled template is longer than 6 MB.' });
  });

  it('refuses text without quotes', () => {
    assert.throws(() => checkTransformer('t', { InputTemplate: 'Hello' }), /Invalid InputTemplate for target t/);
  });

  it('puts any text into JSON so that it stays JSON', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const own = { ...event, detail: { text } };
        const map = { text: '$.detail.text' };
        const filled = transformInput({ InputPathsMap: map, InputTemplate: '{"a":<text>,"b":"<text>"}' }, own, facts);
        assert.deepEqual(JSON.parse(filled), { a: text, b: text });
      }),
    );
  });
});
