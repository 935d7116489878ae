import * as z from 'zod';
import type { Template } from '../render-templates/template.ts';
import { isArn } from './arn.ts';
import type { Finding } from './finding.ts';

const action = z.string().regex(/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/, 'is not like service:Action');
const logGroups = 'lets Lambda make the log group of a function anew that is gone, at which the next deploy fails';
const principals = z.union([z.literal('*'), z.partialRecord(z.enum(['AWS', 'Service', 'Federated']), z.unknown())]);
const common = {
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: listOf(action),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
};

/** The framework's own policy has none. */
const version = z.literal('2012-10-17');

/**
 * Checks the policies of a template: the version, known keys, actions of a service, resources that are ARNs. IAM takes
 * the actions of no service for a grant of nothing, and names for ARNs that no resource has.
 */
export function policyFindings(template: Template): readonly Finding[] {
  const resources = listOf(z.unknown().refine((value) => isArn(value, template), 'is not an ARN'));
  const statements = {
    trust: z.strictObject({ ...common, Principal: principals }),
    identity: z.strictObject({
      ...common,
      Action: listOf(action.refine((name) => name !== 'logs:CreateLogGroup', logGroups)),
      Resource: resources,
    }),
    resource: z.strictObject({ ...common, Principal: principals, Resource: resources }),
  };
  return Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties = {} }]) =>
    policiesOf(Type, Properties).flatMap(({ path, kind, document }) => {
      const schema = z.strictObject({
        Id: z.string().optional(),
        Version: logicalId === 'ServerlessDeploymentBucketPolicy' ? version.optional() : version,
        Statement: listOf(statements[kind]),
      });
      const issues = schema.safeParse(document).error?.issues ?? [];
      return issues.map((issue) => ({
        logicalId,
        path: [path, ...issue.path].join('.'),
        rule: 'policy',
        message: issue.message,
      }));
    }),
  );
}

type Policy = { readonly path: string; readonly kind: 'trust' | 'identity' | 'resource'; readonly document: unknown };

const inlinePolicies = z.array(z.object({ PolicyDocument: z.unknown() })).default([]);

function policiesOf(type: string, properties: Readonly<Record<string, unknown>>): readonly Policy[] {
  const document = properties.PolicyDocument;
  switch (type) {
    case 'AWS::IAM::Role': {
      const inline = inlinePolicies.parse(properties.Policies);
      return [
        { path: 'Properties.AssumeRolePolicyDocument', kind: 'trust', document: properties.AssumeRolePolicyDocument },
        ...inline.map(
          ({ PolicyDocument }, index): Policy => ({
            path: `Properties.Policies.${index}.PolicyDocument`,
            kind: 'identity',
            document: PolicyDocument,
          }),
        ),
      ];
    }
    case 'AWS::IAM::Policy':
    case 'AWS::IAM::ManagedPolicy':
      return [{ path: 'Properties.PolicyDocument', kind: 'identity', document }];
    default:
      return document === undefined ? [] : [{ path: 'Properties.PolicyDocument', kind: 'resource', document }];
  }
}

/** One or many, as policies may say. */
function listOf<T extends z.ZodType>(item: T): z.ZodType {
  return z.preprocess((value) => [value].flat(), z.array(item).min(1));
}
