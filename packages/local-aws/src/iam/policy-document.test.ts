import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { type PolicyKind, parsePolicy } from './policy-document.ts';

const identity: JsonObject = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' };
const trust: JsonObject = {
  Effect: 'Allow',
  Principal: { Service: ['lambda.amazonaws.com'] },
  Action: ['sts:AssumeRole'],
};
const document = (...Statement: JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement });

test('policies as templates write them are taken', () => {
  parsePolicy(document(identity), 'identity');
  parsePolicy({ Statement: identity }, 'identity');
  parsePolicy(document(trust), 'trust');
  parsePolicy(document({ ...identity, Principal: '*' }), 'resource');
  parsePolicy(document({ ...identity, Principal: { AWS: 'arn:aws:iam::000000000000:role/x' } }), 'resource');
});

const refusals: [what: string, policy: JsonValue, kind: PolicyKind, message: RegExp][] = [
  ['text', 'Allow', 'identity', /^Syntax errors in policy\./],
  ['an unknown version', { Version: '2020-01-01', Statement: identity }, 'identity', /^Syntax errors/],
  ['an unknown effect', document({ ...identity, Effect: 'allow' }), 'identity', /^Syntax errors/],
  ['an unknown member', document({ ...identity, Actions: 'x' }), 'identity', /Actions/],
  ['no statement', document(), 'identity', /must contain statements/],
  ['no action', document({ Effect: 'Allow', Resource: '*' }), 'identity', /must contain actions/],
  ['no resource', document({ Effect: 'Allow', Action: 's3:*' }), 'identity', /must contain resources/],
  ['a bare action', document({ ...identity, Action: 'GetItem' }), 'identity', /prefaced by a vendor/],
  ['a bare resource', document({ ...identity, Resource: 'tasks' }), 'identity', /tasks must be in ARN format/],
  [
    'a principal in an identity policy',
    document({ ...identity, Principal: '*' }),
    'identity',
    /not specify a principal/,
  ],
  ['no principal in a trust policy', document({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'trust', /Principal/],
  ['a resource in a trust policy', document({ ...trust, Resource: '*' }), 'trust', /prohibited field Resource/],
  ['another action in a trust policy', document({ ...trust, Action: 's3:GetObject' }), 'trust', /STS AssumeRole/],
  ['an odd service', document({ ...trust, Principal: { Service: 'lambda' } }), 'trust', /"SERVICE":"lambda"/],
  [
    'an unknown operator',
    document({ ...identity, Condition: { Equals: { 'a:b': 'c' } } }),
    'identity',
    /Invalid Condition type : Equals/,
  ],
  [
    'an operator that only objects have',
    document({ ...identity, Condition: { constructor: { 'a:b': 'c' } } }),
    'identity',
    /Invalid Condition type : constructor/,
  ],
  ['a statement id twice', document({ ...identity, Sid: 'a' }, { ...identity, Sid: 'a' }), 'identity', /unique/],
];

for (const [what, policy, kind, message] of refusals) {
  test(`${what} is malformed`, () => {
    assert.throws(() => parsePolicy(policy, kind), { code: 'MalformedPolicyDocument', message });
  });
}

test('whatever the document is, it is read or refused as malformed', () => {
  const shapes = fc.oneof(
    fc.jsonValue(),
    fc.record({ Statement: fc.jsonValue() }),
    fc.record({
      Statement: fc.array(
        fc.record({
          Effect: fc.constant('Allow'),
          Action: fc.string(),
          Resource: fc.string(),
          Condition: fc.jsonValue(),
        }),
      ),
    }),
  );
  fc.assert(
    fc.property(shapes, fc.constantFrom<PolicyKind>('identity', 'trust', 'resource'), (shape, kind) => {
      try {
        parsePolicy(JSON.parse(JSON.stringify(shape)), kind);
      } catch (error) {
        assert.ok(error instanceof AwsError && error.code === 'MalformedPolicyDocument', String(error));
      }
    }),
  );
});
