import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cpuMilliseconds } from '../testing/cpu-time.ts';
import { type Decision, evaluate, requestContext } from './evaluate.ts';
import { parsePolicy } from './policy-document.ts';

type Source = Record<string, string | string[] | object>;

const policy = (...statements: Source[]) =>
  parsePolicy(JSON.parse(JSON.stringify({ Version: '2012-10-17', Statement: statements })), 'identity');

const ask = (
  statements: Source[],
  action: string,
  resource = '*',
  context: Record<string, string | string[]> = {},
): Decision => evaluate({ policies: [policy(...statements)], action, resource, context: requestContext(context) });

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/tasks';
const allow = (Action: string | string[], Resource: string | string[] = '*') => ({ Effect: 'Allow', Action, Resource });

test('what no statement mentions is denied', () => {
  assert.equal(ask([allow('dynamodb:GetItem', table)], 'dynamodb:PutItem', table), 'implicitDeny');
  assert.equal(evaluate({ policies: [], action: 'a:b', resource: '*', context: requestContext({}) }), 'implicitDeny');
});

test('a Deny wins over any number of Allows', () => {
  const deny = { Effect: 'Deny', Action: 'dynamodb:DeleteItem', Resource: '*' };
  assert.equal(ask([allow('*'), deny, allow('dynamodb:*')], 'dynamodb:DeleteItem', table), 'explicitDeny');
  assert.equal(ask([allow('*'), deny], 'dynamodb:GetItem', table), 'allow');
});

test('actions match in any case and with wildcards', () => {
  assert.equal(ask([allow('DynamoDB:get*', table)], 'dynamodb:GetItem', table), 'allow');
  assert.equal(ask([allow('dynamodb:?etItem', table)], 'dynamodb:GetItem', table), 'allow');
  assert.equal(ask([allow('dynamodb:?etItem', table)], 'dynamodb:BatchGetItem', table), 'implicitDeny');
});

test('a wildcard of a resource stays within its part of the ARN', () => {
  const index = `${table}/index/byState`;
  assert.equal(ask([allow('dynamodb:Query', `${table}/index/*`)], 'dynamodb:Query', index), 'allow');
  assert.equal(ask([allow('dynamodb:Query', table)], 'dynamodb:Query', index), 'implicitDeny');
  assert.equal(ask([allow('dynamodb:*', 'arn:aws:dynamodb:*:*:table/tasks')], 'dynamodb:Query', table), 'allow');
  assert.equal(ask([allow('dynamodb:*', 'arn:aws:dynamodb:*:table/tasks')], 'dynamodb:Query', table), 'implicitDeny');
  assert.equal(ask([allow('dynamodb:*', 'arn:aws:dynamodb:*')], 'dynamodb:Query', table), 'allow');
});

test('a resource may have colons, and stands in full or ends in `*`', () => {
  const version = 'arn:aws:lambda:us-east-1:000000000000:function:run:1';
  assert.equal(ask([allow('lambda:*', 'arn:aws:lambda:*:*:function:run*')], 'lambda:InvokeFunction', version), 'allow');
  assert.equal(ask([allow('lambda:*', 'arn:aws:lambda:*:*:function:*:1')], 'lambda:InvokeFunction', version), 'allow');
  for (const short of ['arn:aws:lambda:us-east-1', '*:run:1']) {
    assert.equal(ask([allow('lambda:*', short)], 'lambda:InvokeFunction', version), 'implicitDeny', short);
  }
});

test('one of several actions and resources is enough', () => {
  const both = [allow(['dynamodb:GetItem', 'dynamodb:Query'], [table, `${table}/index/*`])];
  assert.equal(ask(both, 'dynamodb:GetItem', `${table}/index/byState`), 'allow');
  assert.equal(ask(both, 'dynamodb:Query', table), 'allow');
  assert.equal(ask(both, 'dynamodb:PutItem', table), 'implicitDeny');
  const others = { Effect: 'Allow', NotAction: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: '*' };
  assert.equal(ask([others], 'dynamodb:Query', table), 'implicitDeny');
});

test('NotAction and NotResource are about everything else', () => {
  const notDelete = { Effect: 'Allow', NotAction: 'dynamodb:Delete*', Resource: '*' };
  assert.equal(ask([notDelete], 'dynamodb:PutItem', table), 'allow');
  assert.equal(ask([notDelete], 'dynamodb:DeleteItem', table), 'implicitDeny');
  const elsewhere = { Effect: 'Deny', Action: '*', NotResource: table };
  assert.equal(ask([allow('*'), elsewhere], 'dynamodb:GetItem', table), 'allow');
  assert.equal(ask([allow('*'), elsewhere], 'dynamodb:GetItem', `${table}2`), 'explicitDeny');
});

test('policy variables take the value of the request, its default, or match nothing', () => {
  const own = [allow('dynamodb:GetItem', `arn:aws:dynamodb:us-east-1:000000000000:table/\${aws:username}-tasks`)];
  const mine = 'arn:aws:dynamodb:us-east-1:000000000000:table/alice-tasks';
  assert.equal(ask(own, 'dynamodb:GetItem', mine, { 'aws:username': 'alice' }), 'allow');
  assert.equal(ask(own, 'dynamodb:GetItem', mine, { 'aws:username': '*' }), 'implicitDeny');
  assert.equal(ask(own, 'dynamodb:GetItem', mine), 'implicitDeny');
  const withDefault = [
    allow('dynamodb:GetItem', `arn:aws:dynamodb:us-east-1:000000000000:table/\${aws:username, 'alice'}-tasks`),
  ];
  assert.equal(ask(withDefault, 'dynamodb:GetItem', mine), 'allow');
});

test('policy variables exist since version 2012-10-17', () => {
  const context = requestContext({ 'aws:username': 'alice' });
  const decisionFor = (document: object) =>
    evaluate({
      policies: [parsePolicy({ Statement: allow('a:b', `arn:aws:a:::\${aws:username}`), ...document }, 'identity')],
      action: 'a:b',
      resource: 'arn:aws:a:::alice',
      context,
    });
  assert.equal(decisionFor({ Version: '2012-10-17' }), 'allow');
  assert.equal(decisionFor({ Version: '2008-10-17' }), 'implicitDeny');
  assert.equal(decisionFor({}), 'implicitDeny');
});

test('wildcards that stand for themselves match nothing else', () => {
  for (const character of ['*', '?', '$']) {
    const own = [allow('a:b', `arn:aws:a:::\${${character}}`)];
    assert.equal(ask(own, 'a:b', `arn:aws:a:::${character}`), 'allow');
    assert.equal(ask(own, 'a:b', 'arn:aws:a:::x'), 'implicitDeny');
  }
});

type Case = [operator: string, wanted: string | string[], actual: string | string[] | undefined, holds: boolean];
const cases: Case[] = [
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a*', 'ab', false],
  ['StringEquals', ['a', 'b'], 'b', true],
  ['StringEquals', 'a', undefined, false],
  ['StringEqualsIfExists', 'a', undefined, true],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', ['a', 'b'], 'c', true],
  ['StringNotEquals', 'a', undefined, true],
  ['StringEquals', 'a', ['a', 'c'], true],
  ['StringNotEquals', 'a', ['a', 'c'], false],
  ['StringEqualsIgnoreCase', 'ABC', 'abc', true],
  ['StringEqualsIgnoreCase', 'abc', 'ABC', true],
  ['StringNotEqualsIgnoreCase', 'ABC', 'abc', false],
  ['StringLike', 'a?c*', 'abcdef', true],
  ['StringNotLike', 'a*', 'b', true],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThan', '10', ' ', false],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '10', '10', false],
  ['NumericGreaterThan', ' ', '10', false],
  ['NumericGreaterThanEquals', '10', '10', true],
  ['NumericGreaterThanEquals', '10', '9.5', false],
  ['NumericEquals', '10', '10.0', true],
  ['NumericNotEquals', '10', 'ten', true],
  ['DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', true],
  ['DateLessThan', '2026-01-01', '2025-12-31T23:59:59Z', true],
  ['DateGreaterThan', '1767225600', '2025-12-31T23:59:59Z', false],
  ['DateEquals', '1767225600', '2026-01-01T00:00:00Z', true],
  ['Bool', 'true', 'True', true],
  ['Bool', 'true', 'false', false],
  ['BinaryEquals', 'AQ==', 'AQ==', true],
  ['BinaryEquals', 'AQ==', 'Ag==', false],
  ['Null', 'true', undefined, true],
  ['Null', 'false', undefined, false],
  ['Null', 'false', 'x', true],
  ['IpAddress', '10.0.0.0/8', '10.1.2.3', true],
  ['IpAddress', '10.0.0.0/8', '11.1.2.3', false],
  ['NotIpAddress', '10.0.0.0/8', '11.1.2.3', true],
  ['IpAddress', '10.1.2.3', '10.1.2.3', true],
  ['IpAddress', '10.1.2.3', '10.1.2.4', false],
  ['IpAddress', '0.0.0.0/0', '10.1.2.3', true],
  ['IpAddress', '10.1.2.3/32', '10.1.2.3', true],
  ['IpAddress', '10.0.0.0/33', '10.0.0.0', false],
  ['IpAddress', '10.0.0.0/-1', '10.0.0.0', false],
  ['IpAddress', '10.0.0.0/7.5', '10.0.0.0', false],
  ['IpAddress', '10.0.0.0/', '11.1.2.3', false],
  ['IpAddress', '10.0.0.0/8', 'here', false],
  ['IpAddress', 'here', '10.0.0.0', false],
  ['IpAddress', 'here', 'here', false],
  ['IpAddress', '::/0', '10.0.0.0', false],
  ['IpAddress', '2001:db8::/32', '2001:db8::1', true],
  ['IpAddress', '2001:db8::1', '2001:db8::1', true],
  ['IpAddress', '2001:db8::1', '2001:db8::2', false],
  ['IpAddress', '2001:db8::1/128', '2001:db8::1', true],
  ['IpAddress', '2001:db8::/129', '2001:db8::', false],
  ['ArnLike', 'arn:aws:sns:*:*:topic*', 'arn:aws:sns:us-east-1:000000000000:topic-1', true],
  ['ArnEquals', 'arn:aws:sns:*:topic', 'arn:aws:sns:us-east-1:000000000000:topic', false],
  ['ArnNotLike', 'arn:aws:sns:*:*:topic*', 'arn:aws:sqs:us-east-1:000000000000:topic', true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', ['a'], [], true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
  ['ForAnyValue:StringEquals', ['a'], [], false],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
  ['ForAnyValue:StringNotEquals', ['a'], ['a', 'c'], true],
];

for (const [operator, wanted, actual, holds] of cases) {
  test(`${operator} ${JSON.stringify(wanted)} ${holds ? 'holds' : 'does not hold'} for ${JSON.stringify(actual)}`, () => {
    const statement = { ...allow('*'), Condition: { [operator]: { 'test:Key': wanted } } };
    const context: Record<string, string | string[]> = actual === undefined ? {} : { 'TEST:key': actual };
    assert.equal(ask([statement], 'a:b', '*', context), holds ? 'allow' : 'implicitDeny');
  });
}

test('a policy variable is compared as the operator compares, whatever the cases', () => {
  const Condition = { StringEqualsIgnoreCase: { 'x:owner': `team-\${aws:username}` } };
  const own = [{ ...allow('*'), Condition }];
  assert.equal(ask(own, 'a:b', '*', { 'x:owner': 'TEAM-alice', 'aws:username': 'Alice' }), 'allow');
  assert.equal(ask(own, 'a:b', '*', { 'x:owner': 'team-bob', 'aws:username': 'Alice' }), 'implicitDeny');
  assert.equal(ask(own, 'a:b', '*', { 'x:owner': 'team-' }), 'implicitDeny');
});

test('every operator and every key of a Condition has to hold', () => {
  const Condition = { StringEquals: { 'x:a': '1', 'x:b': '2' }, Bool: { 'x:c': 'true' } };
  const statement = { ...allow('*'), Condition };
  assert.equal(ask([statement], 'a:b', '*', { 'x:a': '1', 'x:b': '2', 'x:c': 'true' }), 'allow');
  assert.equal(ask([statement], 'a:b', '*', { 'x:a': '1', 'x:b': '2', 'x:c': 'false' }), 'implicitDeny');
  assert.equal(ask([statement], 'a:b', '*', { 'x:a': '1', 'x:c': 'true' }), 'implicitDeny');
});

const pieces = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 12 }).map((parts) => parts.join(''));
const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }).map((parts) => parts.join(''));

test('wildcards match exactly what the equal regular expression matches', () => {
  fc.assert(
    fc.property(pieces, texts, (pattern, text) => {
      const source = pattern.replaceAll('*', '.*').replaceAll('?', '.');
      const expected = new RegExp(`^${source}$`).test(text);
      const Condition = { StringLike: { 'x:a': pattern } };
      assert.equal(ask([{ ...allow('*'), Condition }], 'a:b', '*', { 'x:a': text }) === 'allow', expected);
    }),
    { numRuns: 2000 },
  );
});

test('a hostile pattern takes no time', () => {
  const Condition = { StringLike: { 'x:a': `${'*a'.repeat(500)}b` } };
  const taken = cpuMilliseconds(() => {
    assert.equal(ask([{ ...allow('*'), Condition }], 'a:b', '*', { 'x:a': 'a'.repeat(2000) }), 'implicitDeny');
  });
  assert.ok(taken < 1000, `${taken} ms`);
});

const statements = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: fc.constantFrom('*', 'x:*', 'x:Get*', 'x:Put', 'y:*'),
  Resource: fc.constantFrom('*', 'arn:aws:x:::one', 'arn:aws:x:::*', 'arn:aws:x:::two'),
});
const questions = fc.record({
  action: fc.constantFrom('x:GetA', 'x:Put', 'y:Z'),
  resource: fc.constantFrom('arn:aws:x:::one', 'arn:aws:x:::two', '*'),
});

test('the order of statements and their spread over policies make no difference', () => {
  fc.assert(
    fc.property(fc.array(statements, { minLength: 1, maxLength: 6 }), questions, (sources, question) => {
      const context = requestContext({});
      const together = evaluate({ policies: [policy(...sources)], ...question, context });
      const apart = evaluate({ policies: sources.toReversed().map((each) => policy(each)), ...question, context });
      assert.equal(apart, together);
    }),
  );
});

test('a further Deny never allows and a further Allow never denies', () => {
  fc.assert(
    fc.property(fc.array(statements, { maxLength: 5 }), statements, questions, (sources, more, question) => {
      const before = evaluate({
        policies: sources.map((each) => policy(each)),
        ...question,
        context: requestContext({}),
      });
      const after = evaluate({
        policies: [...sources, more].map((each) => policy(each)),
        ...question,
        context: requestContext({}),
      });
      if (before === 'explicitDeny') assert.equal(after, 'explicitDeny');
      if (more.Effect === 'Deny') assert.ok(after !== 'allow' || before === 'allow');
      else assert.ok(after !== 'explicitDeny' || before === 'explicitDeny');
    }),
  );
});
