import type { ServiceContext } from './service-context.ts';
import { ServiceFault } from './service-fault.ts';
import { type Resource, resourcesOfType, type Template, valueAt } from './template.ts';

/** What the policies of a kind of resource are called and how they name what they are for. */
type Kind = {
  readonly type: string;
  readonly policyType: string;
  readonly targetsKey: string;
  readonly action: string;
  readonly resourcesOf: (id: string) => unknown;
};

const kinds: readonly Kind[] = [
  {
    type: 'AWS::SQS::Queue',
    policyType: 'AWS::SQS::QueuePolicy',
    targetsKey: 'Queues',
    action: 'sqs:*',
    resourcesOf: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
  },
  {
    type: 'AWS::SNS::Topic',
    policyType: 'AWS::SNS::TopicPolicy',
    targetsKey: 'Topics',
    // Policies of topics take no wildcard, and only this action carries messages.
    action: 'sns:Publish',
    resourcesOf: (id) => ({ Ref: id }),
  },
  {
    type: 'AWS::S3::Bucket',
    policyType: 'AWS::S3::BucketPolicy',
    targetsKey: 'Bucket',
    action: 's3:*',
    resourcesOf: (id) => [{ 'Fn::GetAtt': [id, 'Arn'] }, { 'Fn::Sub': `\${${id}.Arn}/*` }],
  },
];

/**
 * Lets queues, topics and buckets refuse requests without TLS: by a statement in the policy that the template has for
 * one, else by a policy. A resource has one policy only, the last that was set.
 *
 * @throws ServiceFault if another resource has the logical id of the policy
 */
export function requireTls(template: Template, { note }: Pick<ServiceContext, 'note'>): void {
  const { Resources } = template;
  for (const kind of kinds) {
    for (const [id, resource] of resourcesOfType(Resources, kind.type)) {
      const statement = tlsOnly(kind, id);
      const policies = resourcesOfType(Resources, kind.policyType).filter(([, policy]) => isFor(policy, kind, id));
      const own = policies.map(([, policy]) => policy);
      if (own.some(deniesPlainRequests)) continue;
      for (const policy of own) addStatement(policy, statement);
      if (own.length === 0) {
        if (Object.hasOwn(Resources, `${id}Policy`)) {
          throw new ServiceFault(
            `Resources.${id}Policy: the plugin adds a policy for ${id} with this logical id. Use another one.`,
          );
        }
        Resources[`${id}Policy`] = policyFor(kind, id, resource, statement);
      }
      note(`Resources.${own.length === 0 ? `${id}Policy` : policies[0]?.[0]}`, 'TlsOnly', `${id} refuses plain HTTP`);
    }
  }
}

function tlsOnly({ action, resourcesOf }: Kind, id: string): object {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: action,
    Resource: resourcesOf(id),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

function policyFor({ policyType, targetsKey }: Kind, id: string, { Condition }: Resource, statement: object): Resource {
  const target = { Ref: id };
  return {
    Type: policyType,
    ...(Condition !== undefined && { Condition }),
    Properties: {
      [targetsKey]: targetsKey === 'Bucket' ? target : [target],
      PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
    },
  };
}

function isFor({ Properties }: Resource, { targetsKey }: Kind, id: string): boolean {
  return [valueAt(Properties, targetsKey)].flat().some((target) => valueAt(target, 'Ref') === id);
}

function deniesPlainRequests({ Properties }: Resource): boolean {
  return statementsOf(Properties).some(
    (statement) =>
      valueAt(statement, 'Effect') === 'Deny' &&
      String(valueAt(statement, 'Condition', 'Bool', 'aws:SecureTransport')) === 'false',
  );
}

function addStatement(policy: Resource, statement: object): void {
  const document = Object(valueAt(policy.Properties, 'PolicyDocument'));
  const Statement = [...statementsOf(policy.Properties), statement];
  policy.Properties = { ...policy.Properties, PolicyDocument: { ...document, Statement } };
}

function statementsOf(properties: Resource['Properties']): readonly unknown[] {
  return [valueAt(properties, 'PolicyDocument', 'Statement')].flat();
}
