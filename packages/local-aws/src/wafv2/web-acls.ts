import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { loggingResourceType } from './logging-resource-type.ts';
import { associationResourceType, webAclResourceType } from './web-acl-resource-types.ts';

const webAclSchema = z.object({
  arn: z.string(),
  scope: z.enum(['REGIONAL', 'CLOUDFRONT']),
});

export type WebAcl = z.infer<typeof webAclSchema>;

/** Web ACLs and the stages that they stand before. They look at no request. */
export class WebAcls {
  readonly resourceTypes: readonly ResourceType[];
  readonly #keptAcls: Collection<WebAcl>;
  /** The ARN of the web ACL of a resource, by the resource's ARN. */
  readonly #keptAssociations: Collection<string>;
  readonly #hasResource: (resourceArn: string) => boolean;
  readonly #acls: Map<string, WebAcl>;
  readonly #associations: Map<string, string>;

  /** @param hasResource whether the stage of a REST API exists, by its ARN */
  constructor({ state, hasResource }: { state: StateStore; hasResource: (resourceArn: string) => boolean }) {
    this.#keptAcls = state.collection('wafv2/acls', webAclSchema);
    this.#keptAssociations = state.collection('wafv2/associations', z.string());
    this.#hasResource = hasResource;
    this.#acls = new Map(this.#keptAcls.entries());
    this.#associations = new Map(this.#keptAssociations.entries());
    this.resourceTypes = [
      webAclResourceType(this),
      associationResourceType(this),
      loggingResourceType((arn) => this.#acls.has(arn)),
    ];
  }

  /** @throws AwsError when an ACL of that name and scope exists */
  add(acl: WebAcl): void {
    const prefix = acl.arn.slice(0, acl.arn.lastIndexOf('/') + 1);
    if ([...this.#acls.keys()].some((arn) => arn.startsWith(prefix))) {
      throw new AwsError(
        'WAFDuplicateItemException',
        "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one.",
      );
    }
    this.#acls.set(acl.arn, acl);
    this.#keptAcls.put(acl.arn, acl);
  }

  /** @throws AwsError while it stands before a resource */
  remove(arn: string): void {
    const isInUse = [...this.#associations].some(([resource, acl]) => acl === arn && this.#hasResource(resource));
    if (isInUse) {
      throw new AwsError(
        'WAFAssociatedItemException',
        "AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource.",
      );
    }
    this.#acls.delete(arn);
    this.#keptAcls.delete(arn);
  }

  /** Puts an ACL before a stage, in place of any other. @throws AwsError when one of them does not exist */
  associate(resourceArn: string, aclArn: string): void {
    const acl = this.#acls.get(aclArn);
    if (acl === undefined || !this.#hasResource(resourceArn)) {
      const missing = acl === undefined ? `web ACL ${aclArn}` : `stage ${resourceArn}`;
      throw new AwsError(
        'WAFNonexistentItemException',
        `AWS WAF couldn't perform the operation because your resource doesn't exist: ${missing}`,
      );
    }
    if (acl.scope !== 'REGIONAL') {
      throw new AwsError(
        'WAFInvalidParameterException',
        'Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT',
      );
    }
    this.#associations.set(resourceArn, aclArn);
    this.#keptAssociations.put(resourceArn, aclArn);
  }

  disassociate(resourceArn: string, aclArn: string): void {
    if (this.#associations.get(resourceArn) !== aclArn) return;
    this.#associations.delete(resourceArn);
    this.#keptAssociations.delete(resourceArn);
  }

  /** The ACL before a stage, by ARN. */
  aclBefore(resourceArn: string): string | undefined {
    return this.#associations.get(resourceArn);
  }
}
