// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of Fn::Sub
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../core/json.ts';
import { NotYetKnown, Resolver } from './resolver.ts';
import { parseTemplate } from './template.ts';

const attributes: Record<string, JsonValue> = { Arn: 'arn:x', 'Nested.Deep': 'deep' };

function resolver(sections = '', parameters: Record<string, string> = {}): Resolver {
  const template = parseTemplate(`${sections}\nResources:\n  Thing: { Type: Test::Fake::Thing }\n`);
  return new Resolver({
    template,
    parameters: {
      ...Object.fromEntries([...template.parameters].map(([name, { Default = '' }]) => [name, Default])),
      ...parameters,
    },
    pseudoParameters: { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '000000000000' },
    reference(logicalId, attribute) {
      if (logicalId === 'Later') throw new NotYetKnown();
      return attribute === undefined ? `id-of-${logicalId}` : (attributes[attribute] ?? '');
    },
    importValue: (name) => `import of ${name}`,
  });
}

/** Resolves the `Value` of a snippet of YAML. */
function resolve(yaml: string, sections = '', parameters: Record<string, string> = {}): JsonValue | undefined {
  const value = parseTemplate(`Resources: { A: { Type: T } }\nOutputs: { O: { Value: ${yaml} } }`).outputs.get(
    'O',
  )?.Value;
  return resolver(sections, parameters).resolve(value ?? null);
}

const sections = `
Parameters:
  Stage: { Type: String, Default: dev }
  Zones: { Type: CommaDelimitedList, Default: 'a,b,c' }
Mappings:
  Sizes: { dev: { memory: 128, zones: [x, y] } }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Condition IsDev]
  Either: !Or [!Condition IsProd, !Condition IsDev]
`;

const results: [yaml: string, value: JsonValue | undefined][] = [
  ['!Ref Stage', 'dev'],
  ['!Ref Zones', ['a', 'b', 'c']],
  ['!Ref Thing', 'id-of-Thing'],
  ['!Ref AWS::Region', 'eu-west-1'],
  ['!Ref AWS::NoValue', undefined],
  ['[1, !Ref AWS::NoValue, 2]', [1, 2]],
  ['{ a: !Ref AWS::NoValue, b: 1 }', { b: 1 }],
  ['!GetAtt Thing.Arn', 'arn:x'],
  ['!GetAtt Thing.Nested.Deep', 'deep'],
  ['!GetAtt [Thing, Nested.Deep]', 'deep'],
  ['!Sub "${Thing}/${Thing.Arn}/${Stage}/${AWS::Region}"', 'id-of-Thing/arn:x/dev/eu-west-1'],
  ['!Sub ["${a}-${Stage}", { a: !Ref Thing, Stage: own }]', 'id-of-Thing-own'],
  ['!Sub "${!Literal} $Stage $ {x} ${!AWS::Region}"', '${Literal} $Stage $ {x} ${AWS::Region}'],
  ['!Join ["-", [a, !Ref Stage, 1]]', 'a-dev-1'],
  ['!Join [",", !Ref Zones]', 'a,b,c'],
  ['!Select [1, !Ref Zones]', 'b'],
  ['!Select ["0", !Split ["/", "x/y"]]', 'x'],
  ['!Split [",", "a,,b"]', ['a', '', 'b']],
  ['!FindInMap [Sizes, !Ref Stage, memory]', '128'],
  ['!Select [1, !FindInMap [Sizes, dev, zones]]', 'y'],
  ['!ImportValue { Fn::Sub: "${Stage}-table" }', 'import of dev-table'],
  ['!Base64 { Fn::Sub: "${Stage}" }', 'ZGV2'],
  ['!GetAZs ""', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
  ['!GetAZs us-east-1', ['us-east-1a', 'us-east-1b', 'us-east-1c']],
  ['!If [IsProd, 1, 2]', 2],
  ['[yes, off, y, 2010-09-09, 12:30, "1"]', [true, false, 'y', '2010-09-09', '12:30', '1']],
  ['!If [Either, !If [Both, x, { y: !Ref Stage }], z]', { y: 'dev' }],
  ['{ a: !If [IsProd, 1, !Ref AWS::NoValue] }', {}],
  ['!Cidr ["10.0.0.0/16", 3, 8]', ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
  ['!Cidr ["10.0.7.9/16", 1, 4]', ['10.0.0.0/28']],
  ['!Cidr ["2001:db8::/56", 2, 64]', ['2001:db8::/64', '2001:db8:0:1::/64']],
  ['{ Condition: IsProd }', { Condition: 'IsProd' }],
];

for (const [yaml, value] of results) {
  test(`${yaml} is ${JSON.stringify(value)}`, () => {
    assert.deepEqual(resolve(yaml, sections), value);
  });
}

const errors: [yaml: string, message: RegExp][] = [
  ['!Select [3, !Ref Zones]', /cannot select nonexistent value at index 3/],
  ['!Join ["-", x]', /every Fn::Join object requires two parameters/],
  ['!Sub "${a b}"', /variable names in Fn::Sub syntax/],
  ['!Sub "${Zones}"', /variable Zones in Fn::Sub expression does not resolve to a string/],
  ['!FindInMap [Sizes, prod, memory]', /Unable to get mapping for Sizes::prod::memory/],
  ['!FindInMap [constructor, name, length]', /Unable to get mapping/],
  ['!GetAtt Thing', /Fn::GetAtt object requires two non-empty parameters/],
  ['!If [IsProd, 1]', /Fn::If requires a list argument with three parameters/],
  ['!If [Nope, 1, 2]', /unresolved condition dependency Nope/],
  ['!Cidr ["10.0.0.0/24", 300, 8]', /Fn::Cidr/],
  ['!Cidr ["10.0.0.0/24", 2, 8]', /does not hold 2 blocks/],
  ['!Length [1, 2]', /needs Transform: AWS::LanguageExtensions/],
];

for (const [yaml, message] of errors) {
  test(`${yaml} is refused`, () => {
    assert.throws(() => resolve(yaml, sections), { code: 'ValidationError', message });
  });
}

test('the language extensions unlock their functions', () => {
  const extended = `Transform: AWS::LanguageExtensions\n${sections}`;
  assert.equal(resolve('!Length [1, 2]', extended), 2);
  assert.equal(resolve('!ToJsonString { a: !Ref Stage }', extended), '{"a":"dev"}');
  assert.equal(resolve('!FindInMap [Sizes, prod, memory, { DefaultValue: 64 }]', extended), 64);
});

test('conditions follow the parameters', () => {
  assert.equal(resolve('!If [IsProd, 1, 2]', sections, { Stage: 'prod' }), 1);
});

test('unknown values are reported by their paths, the others are resolved', () => {
  const { value, unknown } = resolver().resolveKnown({
    Known: { Ref: 'Thing' },
    List: [{ Ref: 'AWS::NoValue' }, 'x', { 'Fn::Join': ['', [{ Ref: 'Later' }, 'x']] }],
    Deep: { Inner: { 'Fn::Sub': `\${Later.Arn}` } },
  });
  assert.deepEqual(unknown, [
    ['List', '1'],
    ['Deep', 'Inner'],
  ]);
  assert.deepEqual(value, {
    Known: 'id-of-Thing',
    List: ['x', '{{changeSet:KNOWN_AFTER_APPLY}}'],
    Deep: { Inner: '{{changeSet:KNOWN_AFTER_APPLY}}' },
  });
});

const plainJson = fc.jsonValue({ maxDepth: 4 }).map((value): JsonValue => JSON.parse(JSON.stringify(value)));

test('values without functions come through unchanged', () => {
  fc.assert(
    fc.property(plainJson, (value) => {
      assert.deepEqual(resolver().resolve(value), value);
    }),
  );
});

test('Join undoes Split', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (text, delimiter) => {
      const value = { 'Fn::Join': [delimiter, { 'Fn::Split': [delimiter, text] }] };
      assert.equal(resolver().resolve(value), text);
    }),
  );
});

test('Base64 and Sub carry any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const encoded = resolver().resolve({ 'Fn::Base64': text });
      assert.equal(Buffer.from(String(encoded), 'base64').toString(), text);
      assert.equal(resolver().resolve({ 'Fn::Sub': ['<${x}>', { x: text }] }), `<${text}>`);
    }),
  );
});

test('the blocks of Cidr are disjoint and lie within their network', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 24 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 16 }),
      (prefix, bits, wanted) => {
        const count = Math.min(wanted, 2 ** Math.min(32 - prefix - bits, 8));
        const blocks = resolver().resolve({ 'Fn::Cidr': [`10.0.0.0/${prefix}`, count, String(bits)] });
        assert.ok(Array.isArray(blocks));
        const starts = blocks.map(
          (block) =>
            String(block)
              .split('/')[0]
              ?.split('.')
              .reduce((sum, part) => sum * 256 + Number(part), 0) ?? 0,
        );
        assert.equal(new Set(starts).size, count);
        const first = 10 * 256 ** 3;
        assert.ok(
          starts.every((start) => start % 2 ** bits === 0 && start >= first && start < first + 2 ** (32 - prefix)),
        );
      },
    ),
  );
});
