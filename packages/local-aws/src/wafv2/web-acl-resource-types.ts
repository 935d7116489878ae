import { createHash } from 'node:crypto';
import * as z from 'zod';
import { accountId, arn } from '../core/arn.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';
import { capacityOf } from './capacity.ts';
import { webAclProperties } from './web-acl-properties.ts';
import type { WebAcls } from './web-acls.ts';

const { string, kept } = property;

const associationProperties = z.strictObject({ ResourceArn: kept(string()), WebACLArn: kept(string()) });

export function webAclResourceType(acls: WebAcls): ResourceType {
  return defineResource({
    type: 'AWS::WAFv2::WebACL',
    properties: webAclProperties,
    replaceOn: ['Name', 'Scope'],
    create: ({ Name, Scope, Rules }, context) => {
      const { region, stackName, logicalId, generation = 0 } = context;
      const name = Name ?? generatedName(context, 128);
      const id = uuidOf(stackName, logicalId, String(generation));
      const aclArn = arn('wafv2', region, `${Scope === 'REGIONAL' ? 'regional' : 'global'}/webacl/${name}/${id}`);
      const attributes = {
        Arn: aclArn,
        Id: id,
        Capacity: capacityOf(Rules),
        LabelNamespace: `awswaf:${accountId}:webacl:${name}:`,
      };
      acls.add({ arn: aclArn, scope: Scope });
      return { physicalId: `${name}|${id}|${Scope}`, attributes };
    },
    update: ({ Rules }, { state }) => ({ ...state, attributes: { ...state.attributes, Capacity: capacityOf(Rules) } }),
    delete: ({ attributes }) => acls.remove(String(attributes.Arn)),
  });
}

/** Puts a web ACL before a stage of a REST API; an HTTP API can have none on AWS either. */
export function associationResourceType(acls: WebAcls): ResourceType {
  return defineResource({
    type: 'AWS::WAFv2::WebACLAssociation',
    properties: associationProperties,
    replaceOn: 'any',
    create: ({ ResourceArn, WebACLArn }) => {
      acls.associate(ResourceArn, WebACLArn);
      return { physicalId: `${WebACLArn}|${ResourceArn}`, attributes: {} };
    },
    delete: (_, { ResourceArn, WebACLArn }) => acls.disassociate(ResourceArn, WebACLArn),
  });
}

/** In the form of a UUID; the same for the same parts, so that ARNs survive a restart. */
function uuidOf(...parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
