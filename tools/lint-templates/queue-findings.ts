import * as z from 'zod';
import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';
import { referenceOf } from './intrinsic.ts';

const queueSchema = z.looseObject({
  MessageRetentionPeriod: z.coerce.number().default(345_600),
  RedrivePolicy: z.looseObject({ deadLetterTargetArn: z.unknown() }).optional(),
  RedriveAllowPolicy: z
    .looseObject({
      redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']),
      sourceQueueArns: z.array(z.unknown()),
    })
    .partial({ sourceQueueArns: true })
    .optional(),
});
type Queue = z.infer<typeof queueSchema> & { readonly logicalId: string };

/** Checks how queues lose and pass on messages, which no schema says. */
export function queueFindings({ Resources }: Template): readonly Finding[] {
  const all = Object.entries(Resources);
  const queues = all
    .filter(([, { Type }]) => Type === 'AWS::SQS::Queue')
    .map(([logicalId, { Properties = {} }]): Queue => ({ logicalId, ...queueSchema.parse(Properties) }));
  const consumed = new Set(
    all.flatMap(([, { Type, Properties = {} }]) => {
      if (Type === 'AWS::Lambda::EventSourceMapping') return referenceOf(Properties.EventSourceArn)?.id ?? [];
      return Type === 'AWS::Pipes::Pipe' ? (referenceOf(Properties.Source)?.id ?? []) : [];
    }),
  );
  return queues.flatMap((queue) => {
    const target = queues.find(
      ({ logicalId }) => logicalId === referenceOf(queue.RedrivePolicy?.deadLetterTargetArn)?.id,
    );
    const sources = queues.filter(
      ({ RedrivePolicy }) => referenceOf(RedrivePolicy?.deadLetterTargetArn)?.id === queue.logicalId,
    );
    return [
      ...(target === undefined ? [] : retentionFindings(queue, target)),
      ...allowFindings(queue, sources),
      ...(consumed.has(queue.logicalId) && queue.RedrivePolicy === undefined
        ? [
            finding(
              queue,
              'RedrivePolicy',
              'dead-letter-queue',
              'A consumer that always fails keeps the messages here until they are dropped.',
            ),
          ]
        : []),
    ];
  });
}

/**
 * A message counts from when it was sent, wherever it is: it could be dropped as it arrives.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
 */
function retentionFindings(source: Queue, target: Queue): readonly Finding[] {
  if (target.MessageRetentionPeriod > source.MessageRetentionPeriod) return [];
  const message = `A dead-letter queue keeps messages longer than ${source.logicalId}, which has ${source.MessageRetentionPeriod} seconds.`;
  return [finding(target, 'MessageRetentionPeriod', 'dead-letter-retention', message)];
}

function allowFindings(queue: Queue, sources: readonly Queue[]): readonly Finding[] {
  const { redrivePermission = 'allowAll', sourceQueueArns = [] } = queue.RedriveAllowPolicy ?? {};
  const isFitting =
    sources.length === 0
      ? redrivePermission === 'denyAll'
      : redrivePermission === 'byQueue' && sourceQueueArns.length === sources.length;
  if (isFitting) return [];
  return [
    finding(
      queue,
      'RedriveAllowPolicy',
      'redrive-allow',
      `This does not fit the ${sources.length} queues that redrive here.`,
    ),
  ];
}

function finding({ logicalId }: Queue, property: string, rule: string, message: string): Finding {
  return { logicalId, path: `Properties.${property}`, rule, message };
}
