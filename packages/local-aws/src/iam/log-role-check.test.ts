import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import { noStateStore } from '../core/state-store.ts';
import { AccessCheck } from './access-check.ts';
import { IamStore } from './iam-store.ts';
import { logRoleCheck } from './log-role-check.ts';

const pushToLogs = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';
const trust = (Service: string): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
});
const allow = (Action: string[], Resource: string): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});

function start() {
  const clock = new ManualClock();
  const store = new IamStore(clock, noStateStore);
  const check = logRoleCheck(store, new AccessCheck({ store, clock }), 'us-east-1', (name) => name === '/exists');
  const addRole = (name: string, trustPolicy: JsonObject, attachedPolicies: string[], inline: JsonObject = {}) =>
    store.addRole({
      name,
      path: '/',
      maxSessionDuration: 3600,
      trustPolicy,
      attachedPolicies,
      inlinePolicies: Object.keys(inline).length === 0 ? {} : { inline },
      tags: {},
    }).arn;
  return { check, addRole };
}

test('API Gateway can use a role that trusts it and may write logs', () => {
  const { check, addRole } = start();
  const gateway = 'apigateway.amazonaws.com';
  assert.equal(check.isUsable(addRole('good', trust(gateway), [pushToLogs])), true);
  assert.equal(check.isUsable(addRole('of-lambda', trust('lambda.amazonaws.com'), [pushToLogs])), false);
  assert.equal(check.isUsable(addRole('no-rights', trust(gateway), [])), false);
  assert.equal(check.isUsable(addRole('reads', trust(gateway), [], allow(['logs:Get*'], '*'))), false);
  assert.equal(check.isUsable('arn:aws:iam::000000000000:role/missing'), false);
});

test('a role writes the logs that its policies name', () => {
  const { check, addRole } = start();
  const write = ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:CreateLogGroup'];
  const resource = 'arn:aws:logs:us-east-1:000000000000:log-group:/exists:*';
  const roleArn = addRole('narrow', trust('apigateway.amazonaws.com'), [], allow(write, resource));
  assert.equal(check.isUsable(roleArn), true);
  assert.equal(check.mayWrite({ roleArn, group: '/exists', stream: 's' }), true);
  assert.equal(check.mayWrite({ roleArn, group: '/other', stream: 's' }), false);
  assert.equal(check.mayWrite({ roleArn: `${roleArn}2`, group: '/exists', stream: 's' }), false);
});
