import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowsInvoke, invokePolicySchema } from './invoke-policy.ts';

const arn = 'arn:aws:execute-api:us-east-1:000000000000:api/dev/GET/tasks';
const statement = (
  Effect: string,
  Resource: string | string[] = arn,
  Action: string | string[] = 'execute-api:Invoke',
) => ({
  Effect,
  Action,
  Resource,
});
const allows = (...Statement: object[]) => allowsInvoke(invokePolicySchema.parse({ Statement }), arn);

test('a policy allows what one of its statements is about', () => {
  assert.equal(allows(statement('Allow')), true);
  assert.equal(allows(statement('Allow', ['arn:other', '*/dev/?ET/*'], ['other:Invoke', 'Execute-API:*'])), true);
  assert.equal(allows(), false);
});

test('another action or resource allows nothing', () => {
  assert.equal(allows(statement('Allow', '*', 's3:GetObject')), false);
  assert.equal(allows(statement('Allow', '*', 'execute-api:ManageConnections')), false);
  assert.equal(allows(statement('Allow', `${arn}/1`)), false);
  assert.equal(allows(statement('Allow', arn.replace('/dev/', '/.*/'))), false);
});

test('a Deny wins wherever it stands, and only over what it is about', () => {
  assert.equal(allows(statement('Allow', '*'), statement('Deny')), false);
  assert.equal(allows(statement('Deny', '*'), statement('Allow')), false);
  assert.equal(allows(statement('Allow'), statement('Deny', `${arn}/1`)), true);
});
