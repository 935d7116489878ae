import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../core/json.ts';
import { type Rendered, readPath, renderTemplate, unknownVariables } from './input-template.ts';

const variables = {
  'pipe-arn': 'arn:aws:pipes:us-east-1:000000000000:pipe/p',
  'pipe-name': 'p',
  'source-arn': 'arn:source',
  'enrichment-arn': '',
  'target-arn': 'arn:target',
};
const now = '2026-01-01T00:00:00.000Z';
const render = (template: string, event: JsonValue): Rendered => renderTemplate(template, event, variables, now);

const message = { messageId: 'm1', body: '{"order":{"id":7,"tags":["a","b"]}}', attributes: { SenderId: 'AIDA' } };

const cases: [title: string, template: string, event: JsonValue, value: JsonValue][] = [
  ['a static text', '"Hello, sender"', message, 'Hello, sender'],
  ['a static object', '{ "key1": "value1" }', message, { key1: 'value1' }],
  ['free text', 'Hello, <$.attributes.SenderId>!', message, 'Hello, AIDA!'],
  ['a path alone', '<$.attributes.SenderId>', message, 'AIDA'],
  ['a path alone to an object', '<$.attributes>', message, { SenderId: 'AIDA' }],
  ['a path within quotes', '{"id":"<$.messageId>-x"}', message, { id: 'm1-x' }],
  ['a bare path to a text', '{"id":<$.messageId>}', message, { id: 'm1' }],
  ['a bare path to an object', '{"attributes":<$.attributes>}', message, { attributes: { SenderId: 'AIDA' } }],
  ['a path into a JSON body', '{"id":<$.body.order.id>}', message, { id: 7 }],
  ['an element of a list', '{"tag":"<$.body.order.tags[1]>"}', message, { tag: 'b' }],
  ['all elements of a list', '{"ids":<$.list[*].id>}', { list: [{ id: 1 }, {}, { id: 2 }] }, { ids: [1, 2] }],
  ['an object within quotes', '{"text":"<$.attributes>"}', message, { text: '{"SenderId":"AIDA"}' }],
  ['what is missing, within quotes', '{"a":"<$.none.at.all>"}', message, { a: '' }],
  ['what is missing, bare', '{"a":<$.none>}', message, { a: null }],
  ['names from Object are missing too', '{"a":<$.constructor>}', message, { a: null }],
  ['reserved variables', '["<aws.pipes.pipe-name>",<aws.pipes.source-arn>]', message, ['p', 'arn:source']],
  ['the time', '{"t":<aws.pipes.event.ingestion-time>}', message, { t: now }],
  ['the event', '{"e":<aws.pipes.event>}', message, { e: message }],
  ['the event with its body parsed', '{"e":<aws.pipes.event.json>}', { body: '[1]' }, { e: { body: [1] } }],
  ['other things in angle brackets', '"<b>bold</b>"', message, '<b>bold</b>'],
  ['escaped quotes around a path', '{"a":"\\"<$.messageId>\\""}', message, { a: '"m1"' }],
];

describe('input template', () => {
  for (const [title, template, event, value] of cases) {
    it(title, () => {
      assert.deepEqual(render(template, event).value, value);
    });
  }

  it('puts any text in safely, within quotes and without', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (text, json) => {
        const value: JsonValue = JSON.parse(JSON.stringify(json));
        const rendered = render('{"quoted":"<<$.text>>","bare":<$.text>,"value":<$.value>}', { text, value });
        assert.deepEqual(rendered.value, { quoted: `<${text}>`, bare: text, value });
      }),
    );
  });

  it('never fails, whatever the template', () => {
    const piece = fc.constantFrom(
      '<$.a>',
      '<$.',
      '<$',
      '>',
      '"',
      '\\',
      '{',
      '<aws.pipes.pipe-name>',
      'x',
      '[0]',
      '<$.a[*].b>',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.jsonValue(), (pieces, json) => {
        const event: JsonValue = JSON.parse(JSON.stringify({ a: json }));
        assert.equal(typeof render(pieces.join(''), event).text, 'string');
      }),
    );
  });

  it('reads paths with quoted names', () => {
    assert.equal(readPath("$.a['b.c']", { a: { 'b.c': 1 } }), 1);
  });

  it('tells unknown reserved variables', () => {
    assert.deepEqual(unknownVariables('{"a":<aws.pipes.pipe-name>,"b":<aws.pipes.nothing>}'), ['aws.pipes.nothing']);
  });
});
