import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../core/json.ts';
import { recordSetResourceType } from './record-set.ts';

const type = recordSetResourceType();
const alias = {
  HostedZoneId: 'Z123',
  Name: 'api.example.com',
  Type: 'A',
  AliasTarget: { DNSName: 'd-1.execute-api.us-east-1.amazonaws.com', HostedZoneId: 'Z1UJRXOUMOOFQ8' },
};

test('a record set is known by its name', async () => {
  const context = { stackName: 's', stackId: '', logicalId: 'R', region: 'us-east-1', tags: {} };
  assert.equal((await type.create(alias, context)).physicalId, 'api.example.com');
  const { AliasTarget: _, ...record } = alias;
  type.validate({ ...record, TTL: '300', ResourceRecords: ['203.0.113.7'] }, 'R');
});

test('what Route 53 would refuse is refused', () => {
  const { AliasTarget: _, ...without } = alias;
  const refused: readonly [properties: JsonObject, message: RegExp][] = [
    [without, /exactly one of AliasTarget and ResourceRecords/],
    [{ ...alias, ResourceRecords: ['1.2.3.4'], TTL: 1 }, /exactly one of AliasTarget and ResourceRecords/],
    [{ ...without, ResourceRecords: ['1.2.3.4'] }, /TTL goes with ResourceRecords/],
    [{ ...alias, HostedZoneName: 'example.com.' }, /exactly one of HostedZoneId and HostedZoneName/],
    [{ ...alias, Type: 'B' }, /Type/],
    [{ ...alias, Weight: 1 }, /unsupported property Weight/],
  ];
  for (const [properties, message] of refused) {
    assert.throws(() => type.validate(properties, 'R'), message);
  }
});
