import * as z from 'zod';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';

const { string, integer, boolean, inert, kept } = property;

const aliasTarget = z.strictObject({
  DNSName: string(),
  HostedZoneId: string(),
  EvaluateTargetHealth: boolean().optional(),
});

/** Checked as Route 53 would, and answered by no name server: names have to lead to the endpoint by themselves. */
const properties = z
  .strictObject({
    Name: kept(string()),
    Type: kept(z.enum(['A', 'AAAA', 'CAA', 'CNAME', 'HTTPS', 'MX', 'NS', 'PTR', 'SRV', 'SVCB', 'TXT'])),
    HostedZoneId: kept(string().optional()),
    HostedZoneName: kept(string().pipe(z.string().endsWith('.', 'must end with a dot')).optional()),
    AliasTarget: kept(aliasTarget.optional()),
    ResourceRecords: kept(z.array(string()).min(1).optional()),
    TTL: kept(integer().optional()),
    Comment: inert(),
  })
  .superRefine(({ AliasTarget, ResourceRecords, TTL, HostedZoneId, HostedZoneName }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if ((HostedZoneId === undefined) === (HostedZoneName === undefined)) {
      refuse('exactly one of HostedZoneId and HostedZoneName must be given');
    }
    if ((AliasTarget === undefined) === (ResourceRecords === undefined)) {
      refuse('exactly one of AliasTarget and ResourceRecords must be given');
    }
    if ((ResourceRecords === undefined) !== (TTL === undefined)) refuse('TTL goes with ResourceRecords');
  });

/** `AWS::Route53::RecordSet`, without effect. */
export function recordSetResourceType(): ResourceType {
  return defineResource({
    type: 'AWS::Route53::RecordSet',
    properties,
    replaceOn: ['Name', 'Type', 'HostedZoneId', 'HostedZoneName'],
    create: ({ Name }) => ({ physicalId: Name, attributes: {} }),
    update: (_, { state }) => state,
    delete: () => {},
  });
}
