import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { defineResource, property, type ResourceType } from '../core/resource-type.ts';

const { string, kept } = property;

/** Log groups, buckets and delivery streams have to have a name that begins so. */
const destination = string().pipe(
  z.string().regex(/[:/]aws-waf-logs-[^:]+$/, 'must name a resource called aws-waf-logs-…'),
);
const empty = z.strictObject({});
const field = z
  .strictObject({ SingleHeader: z.strictObject({ Name: string() }), UriPath: empty, QueryString: empty, Method: empty })
  .partial()
  .refine((value) => Object.keys(value).length === 1, 'must be exactly one of its members');
const condition = z
  .strictObject({
    ActionCondition: z.strictObject({
      Action: z.enum(['ALLOW', 'BLOCK', 'COUNT', 'CAPTCHA', 'CHALLENGE', 'EXCLUDED_AS_COUNT']),
    }),
    LabelNameCondition: z.strictObject({ LabelName: string() }),
  })
  .partial()
  .refine((value) => Object.keys(value).length === 1, 'must be exactly one of its members');
const behavior = z.enum(['KEEP', 'DROP']);

const properties = z.strictObject({
  ResourceArn: kept(string()),
  LogDestinationConfigs: kept(z.array(destination).length(1)),
  RedactedFields: kept(z.array(field).optional()),
  LoggingFilter: kept(
    z
      .strictObject({
        DefaultBehavior: behavior,
        Filters: z
          .array(
            z.strictObject({
              Behavior: behavior,
              Requirement: z.enum(['MEETS_ALL', 'MEETS_ANY']),
              Conditions: z.array(condition).min(1),
            }),
          )
          .min(1),
      })
      .optional(),
  ),
});

/** `AWS::WAFv2::LoggingConfiguration`, without effect: a web ACL looks at no request here. */
export function loggingResourceType(hasAcl: (arn: string) => boolean): ResourceType {
  return defineResource({
    type: 'AWS::WAFv2::LoggingConfiguration',
    properties,
    replaceOn: ['ResourceArn'],
    create: ({ ResourceArn }) => {
      if (hasAcl(ResourceArn)) return { physicalId: ResourceArn, attributes: { ManagedByFirewallManager: false } };
      throw new AwsError(
        'WAFNonexistentItemException',
        `AWS WAF couldn't perform the operation because your resource doesn't exist: web ACL ${ResourceArn}`,
      );
    },
    update: (_, { state }) => state,
    delete: () => {},
  });
}
