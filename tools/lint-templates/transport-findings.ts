import * as z from 'zod';
import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';
import { referenceOf } from './intrinsic.ts';

/** The types of policies, and the property that says what one is for, by what it is for. */
const policies = {
  'AWS::SQS::Queue': ['AWS::SQS::QueuePolicy', 'Queues'],
  'AWS::SNS::Topic': ['AWS::SNS::TopicPolicy', 'Topics'],
  'AWS::S3::Bucket': ['AWS::S3::BucketPolicy', 'Bucket'],
} as const;

const denial = z.looseObject({
  Effect: z.literal('Deny'),
  Principal: z.literal('*'),
  Condition: z.object({ Bool: z.object({ 'aws:SecureTransport': z.union([z.literal(false), z.literal('false')]) }) }),
});
const document = z.looseObject({ Statement: z.array(z.unknown()) });

/** Checks that queues, topics and buckets refuse requests without TLS, by the only policy that each can have. */
export function transportFindings({ Resources }: Template): readonly Finding[] {
  const all = Object.entries(Resources);
  return Object.entries(policies).flatMap(([type, [policyType, key]]) =>
    all
      .filter(([, { Type }]) => Type === type)
      .flatMap(([logicalId]) => {
        const own = all.filter(
          ([, { Type, Properties = {} }]) =>
            Type === policyType && [Properties[key]].flat().some((target) => referenceOf(target)?.id === logicalId),
        );
        const isRefusing = own.some(([, { Properties = {} }]) =>
          document
            .safeParse(Properties.PolicyDocument)
            .data?.Statement.some((statement) => denial.safeParse(statement).success),
        );
        if (own.length === 1 && isRefusing) return [];
        const message = `${own.length} policies are for this, and ${isRefusing ? 'one refuses' : 'none refuses'} plain HTTP: it needs one that does.`;
        return [{ logicalId, path: '', rule: 'tls-only', message }];
      }),
  );
}
