import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeJavaScript, urlDecode, urlEncode } from './escape.ts';
import { compileMappingTemplate } from './mapping-template.ts';

const anyText = fc.string({ unit: 'binary' });

test('any text survives escapeJavaScript inside JSON once its quotes are repaired', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string({ unit: 'grapheme' })), (text) => {
      const json = `"${escapeJavaScript(text).replaceAll("\\'", "'")}"`;
      assert.match(json, /^[\x20-\x7f]*$/);
      assert.equal(JSON.parse(json), text);
    }),
  );
});

test('any text survives urlEncode, and a form reads it back', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const encoded = urlEncode(text);
      assert.match(encoded, /^[A-Za-z0-9.*_%+-]*$/);
      assert.equal(urlDecode(encoded), text);
      assert.equal(new URLSearchParams(`a=${encoded}`).get('a'), text);
    }),
  );
});

test('any JSON passes through $input.json, and any member through a template that escapes it', () => {
  const passThrough = compileMappingTemplate("$input.json('$')");
  const embed = compileMappingTemplate(
    `{"name":"$util.escapeJavaScript($input.path('$.name')).replaceAll("\\\\'","'")"}`,
  );
  const input = (body: string) => ({
    body,
    parameters: { path: {}, querystring: {}, header: {} },
    context: {},
    stageVariables: {},
  });
  fc.assert(
    fc.property(fc.json(), (json) => {
      const rendered = JSON.parse(passThrough(input(json)));
      // Null prints as the empty string, as every missing value does.
      assert.deepEqual(rendered, JSON.parse(json) ?? '');
    }),
  );
  fc.assert(
    fc.property(anyText, (name) => {
      assert.deepEqual(JSON.parse(embed(input(JSON.stringify({ name })))), { name });
    }),
  );
});

test('a broken percent escape is refused', () => {
  assert.throws(() => urlDecode('100%'));
});
