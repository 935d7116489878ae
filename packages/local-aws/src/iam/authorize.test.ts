import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rolePrincipal } from '../core/credentials.ts';
import type { JsonObject } from '../core/json.ts';
import type { Principal } from '../core/principal.ts';
import { authorize } from './authorize.ts';
import { requestContext } from './evaluate.ts';
import { parsePolicy } from './policy-document.ts';

const role = rolePrincipal('arn:aws:iam::000000000000:role/reader', 'session');
const topics: Principal = {
  kind: 'service',
  service: 'sns.amazonaws.com',
  sourceArn: 'arn:aws:sns:us-east-1:000000000000:news',
};
const queue = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const root = 'arn:aws:iam::000000000000:root';

const send = (more: JsonObject): JsonObject => ({
  Effect: 'Allow',
  Action: 'SQS:SendMessage',
  Resource: queue,
  ...more,
});
const may = (principal: Principal, identity: JsonObject[], resource: JsonObject[], boundary?: JsonObject) =>
  authorize({
    principal,
    action: 'sqs:SendMessage',
    resource: queue,
    context: requestContext({
      'aws:SourceArn': principal.kind === 'service' ? principal.sourceArn : undefined,
    }),
    identityPolicies: identity.length === 0 ? [] : [parsePolicy({ Statement: identity }, 'identity')],
    resourcePolicy: resource.length === 0 ? undefined : parsePolicy({ Statement: resource }, 'resource'),
    boundary: boundary === undefined ? undefined : parsePolicy({ Statement: [boundary] }, 'identity'),
  });

test('a role is allowed by its own policies or by the resource', () => {
  assert.deepEqual(may(role, [send({})], []), { allowed: true });
  assert.deepEqual(may(role, [], [send({ Principal: { AWS: role.kind === 'role' ? role.roleArn : '' } })]), {
    allowed: true,
  });
  assert.deepEqual(may(role, [], []), { allowed: false, explicit: false, by: 'identity-based policy' });
});

test('a resource that names the account leaves the decision to the role', () => {
  assert.equal(may(role, [], [send({ Principal: { AWS: root } })]).allowed, false);
  assert.equal(may(role, [send({})], [send({ Principal: { AWS: root } })]).allowed, true);
});

test('the resource can forbid what the role is allowed', () => {
  const deny = send({ Effect: 'Deny', Principal: '*' });
  assert.deepEqual(may(role, [send({})], [deny]), { allowed: false, explicit: true, by: 'resource-based policy' });
  assert.equal(may(role, [send({})], [send({ Effect: 'Deny', Principal: { AWS: root } })]).allowed, false);
  assert.equal(
    may(role, [send({})], [send({ Effect: 'Deny', NotPrincipal: { AWS: role.kind === 'role' ? role.roleArn : '' } })])
      .allowed,
    true,
  );
});

test('a Deny of the role counts for more than a resource that names it', () => {
  const named = [send({ Principal: { AWS: 'arn:aws:iam::000000000000:role/reader' } })];
  const deny = send({ Effect: 'Deny' });
  assert.deepEqual(may(role, [deny], named), { allowed: false, explicit: true, by: 'identity-based policy' });
  assert.deepEqual(may(role, [], named, deny), { allowed: false, explicit: true, by: 'permissions boundary' });
});

test('a resource can name a session, and forbid some roles or all of the account', () => {
  const about = (Effect: string, ...AWS: string[]) =>
    may(role, [], [send({ Principal: '*' }), send({ Effect, Principal: { AWS } })]);
  const other = 'arn:aws:iam::000000000000:role/other';
  assert.equal(
    may(role, [], [send({ Principal: { AWS: 'arn:aws:sts::000000000000:assumed-role/reader/session' } })]).allowed,
    true,
  );
  assert.equal(about('Deny', other).allowed, true);
  assert.equal(about('Deny', other, root).allowed, false);
  assert.equal(about('Deny', '000000000000').allowed, false);
  assert.equal(about('Deny', '111111111111').allowed, true);
});

test('a service is allowed by the resource alone, and only as its conditions say', () => {
  const from = (topic: string) =>
    send({ Principal: { Service: 'sns.amazonaws.com' }, Condition: { ArnEquals: { 'aws:SourceArn': topic } } });
  assert.equal(may(topics, [], [from('arn:aws:sns:us-east-1:000000000000:news')]).allowed, true);
  assert.equal(may(topics, [], [from('arn:aws:sns:us-east-1:000000000000:other')]).allowed, false);
  assert.equal(may(topics, [], [send({ Principal: { Service: 'events.amazonaws.com' } })]).allowed, false);
  assert.equal(may(topics, [send({})], []).allowed, false);
});

test('a permissions boundary limits what identity policies allow', () => {
  assert.equal(may(role, [send({})], [], send({ Action: 'sqs:*' })).allowed, true);
  assert.deepEqual(may(role, [send({})], [], send({ Action: 'sns:*' })), {
    allowed: false,
    explicit: false,
    by: 'permissions boundary',
  });
});

test('the developer may do everything', () => {
  assert.equal(may({ kind: 'account', arn: root }, [], []).allowed, true);
});
