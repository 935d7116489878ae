import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { JsonObject } from '../core/json.ts';
import type { ResourceState } from '../core/resource-type.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { WebAcls } from './web-acls.ts';

const stage = 'arn:aws:apigateway:us-east-1::/restapis/abc123/stages/local';
const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: 'true', MetricName: 'acl' };
const group = (Name: string, Priority: number): JsonObject => ({
  Name,
  Priority,
  Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
  OverrideAction: { None: {} },
  VisibilityConfig: visibility,
});
const rate: JsonObject = {
  Name: 'rate',
  Priority: 0,
  Statement: { RateBasedStatement: { Limit: 1000, AggregateKeyType: 'IP' } },
  Action: { Block: {} },
  VisibilityConfig: visibility,
};
const acl: JsonObject = {
  Name: 'apis',
  Scope: 'REGIONAL',
  DefaultAction: { Allow: {} },
  VisibilityConfig: visibility,
  Rules: [rate, group('AWSManagedRulesCommonRuleSet', 1), group('AWSManagedRulesKnownBadInputsRuleSet', 2)],
};

function start(state: StateStore = noStateStore) {
  const stages = new Set([stage]);
  const acls = new WebAcls({ state, hasResource: (arn) => stages.has(arn) });
  const context = { stackName: 'platform', stackId: '', region: 'us-east-1', tags: {} };
  const typeOf = (name: string) => {
    const found = acls.resourceTypes.find(({ type }) => type === `AWS::WAFv2::${name}`);
    assert.ok(found);
    return found;
  };
  const make = (name: string, properties: JsonObject, logicalId = name): Promise<ResourceState> => {
    typeOf(name).validate(properties, logicalId);
    return typeOf(name).create(properties, { ...context, logicalId });
  };
  const drop = (name: string, state: ResourceState, properties: JsonObject) =>
    typeOf(name).delete(state, properties, { ...context, logicalId: name });
  return { acls, stages, make, drop };
}

describe('a web ACL', () => {
  it('has the id and attributes that AWS gives it', async () => {
    const { physicalId, attributes } = await start().make('WebACL', acl);
    const [name, id, scope] = physicalId.split('|');
    assert.deepEqual([name, scope], ['apis', 'REGIONAL']);
    assert.match(id ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual(attributes, {
      Arn: `arn:aws:wafv2:us-east-1:000000000000:regional/webacl/apis/${id}`,
      Id: id,
      Capacity: 902,
      LabelNamespace: 'awswaf:000000000000:webacl:apis:',
    });
  });

  it('is refused where AWS WAF would refuse it', async () => {
    const { make } = start();
    const { DefaultAction: _, ...withoutDefault } = acl;
    const { Action: __, ...withoutAction } = rate;
    const refused: readonly [properties: JsonObject, message: RegExp][] = [
      [withoutDefault, /DefaultAction/],
      [{ ...acl, DefaultAction: { Allow: {}, Block: {} } }, /exactly one/],
      [{ ...acl, Scope: 'GLOBAL' }, /Scope/],
      [{ ...acl, Rules: [rate, { ...rate, Name: 'again' }] }, /same Priority/],
      [{ ...acl, Rules: [rate, { ...rate, Priority: 1 }] }, /same Name/],
      [{ ...acl, Rules: [withoutAction] }, /a rule takes Action/],
      [{ ...acl, Rules: [{ ...group('AWSManagedRulesCommonRuleSet', 1), Action: { Block: {} } }] }, /OverrideAction/],
      [{ ...acl, VisibilityConfig: { MetricName: 'acl' } }, /VisibilityConfig/],
      [
        { ...acl, Rules: [{ ...rate, Statement: { ByteMatchStatement: {} } }] },
        /unsupported property Rules\.0\.Statement\.ByteMatchStatement/,
      ],
    ];
    for (const [properties, message] of refused) {
      await assert.rejects(async () => make('WebACL', properties), message);
    }
    await assert.rejects(make('WebACL', { ...acl, Rules: [group('NoSuchRuleSet', 1)] }), {
      code: 'WAFNonexistentItemException',
    });
    await make('WebACL', acl);
    await assert.rejects(make('WebACL', acl, 'Second'), { code: 'WAFDuplicateItemException' });
  });

  it('stands before a stage that exists, and stays while it does', async () => {
    const { acls, stages, make, drop } = start();
    const made = await make('WebACL', acl);
    const WebACLArn = String(made.attributes.Arn);
    const association = { ResourceArn: stage, WebACLArn };
    for (const missing of [
      { ...association, ResourceArn: `${stage}2` },
      { ...association, WebACLArn: `${WebACLArn}2` },
    ]) {
      await assert.rejects(make('WebACLAssociation', missing), { code: 'WAFNonexistentItemException' });
    }
    const associated = await make('WebACLAssociation', association);
    assert.equal(acls.aclBefore(stage), WebACLArn);
    await assert.rejects(drop('WebACL', made, acl), { code: 'WAFAssociatedItemException' });
    await drop('WebACLAssociation', associated, association);
    assert.equal(acls.aclBefore(stage), undefined);

    await make('WebACLAssociation', association);
    stages.delete(stage);
    await drop('WebACL', made, acl);
  });

  it('logs to a group of the prefix that AWS WAF asks for', async () => {
    const { make, drop } = start();
    const ResourceArn = String((await make('WebACL', acl)).attributes.Arn);
    const group = 'arn:aws:logs:us-east-1:000000000000:log-group:aws-waf-logs-apis';
    const logging: JsonObject = { ResourceArn, LogDestinationConfigs: [group] };
    const blocked = [{ ActionCondition: { Action: 'BLOCK' } }];
    const LoggingFilter = {
      DefaultBehavior: 'DROP',
      Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: blocked }],
    };
    const made = await make('LoggingConfiguration', { ...logging, LoggingFilter });
    assert.equal(made.physicalId, ResourceArn);
    await drop('LoggingConfiguration', made, logging);
    const refused: readonly [properties: JsonObject, message: RegExp][] = [
      [{ ...logging, LogDestinationConfigs: [group.replace('aws-waf-logs-', '')] }, /aws-waf-logs-/],
      [{ ...logging, LogDestinationConfigs: [`${group}:*`] }, /aws-waf-logs-/],
      [{ ...logging, LoggingFilter: { ...LoggingFilter, DefaultBehavior: 'LOSE' } }, /DefaultBehavior/],
      [{ ...logging, ResourceArn: `${ResourceArn}2` }, /doesn't exist: web ACL/],
    ];
    for (const [properties, message] of refused) {
      await assert.rejects(async () => make('LoggingConfiguration', properties), message);
    }
  });

  it('gives way to the one that a stage is associated with later', async () => {
    const { acls, make, drop } = start();
    const first = String((await make('WebACL', acl)).attributes.Arn);
    const second = String((await make('WebACL', { ...acl, Name: 'other' }, 'Other')).attributes.Arn);
    const association = { ResourceArn: stage, WebACLArn: first };
    const associated = await make('WebACLAssociation', association);
    await make('WebACLAssociation', { ResourceArn: stage, WebACLArn: second }, 'Later');
    await drop('WebACLAssociation', associated, association);
    assert.equal(acls.aclBefore(stage), second);
  });

  it('of CloudFront stands before no stage', async () => {
    const { make } = start();
    const made = await make('WebACL', { ...acl, Scope: 'CLOUDFRONT' });
    const association = { ResourceArn: stage, WebACLArn: String(made.attributes.Arn) };
    await assert.rejects(make('WebACLAssociation', association), { code: 'WAFInvalidParameterException' });
  });

  it('is there after a restart', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'acls-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const state = openStateStore(directory);
    const { make } = start(state);
    const WebACLArn = String((await make('WebACL', acl)).attributes.Arn);
    await make('WebACLAssociation', { ResourceArn: stage, WebACLArn });
    await state.close();
    assert.equal(start(openStateStore(directory)).acls.aclBefore(stage), WebACLArn);
  });
});
