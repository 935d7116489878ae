import type { ServiceContext } from './service-context.ts';
import { ownerOfAttribute, type Resource, resourcesOfType, type Template, valueAt } from './template.ts';

/**
 * Sets for each queue which others may use it as their dead-letter queue: those of the template that do, else none. These
 * get names, since a dead-letter queue is made before them and cannot refer to them.
 */
export function restrictDeadLetters(
  { Resources }: Template,
  { name, stage, note }: Pick<ServiceContext, 'name' | 'stage' | 'note'>,
): void {
  const queues = resourcesOfType(Resources, 'AWS::SQS::Queue');
  const sourcesOf = (id: string) =>
    queues.filter(
      ([, { Properties }]) =>
        ownerOfAttribute(valueAt(Properties, 'RedrivePolicy', 'deadLetterTargetArn'), 'Arn') === id,
    );
  for (const [id, queue] of queues) {
    const sourceQueueArns = sourcesOf(id).map(([sourceId, source]) => arnOf(nameQueue(sourceId, source)));
    const RedriveAllowPolicy =
      sourceQueueArns.length === 0
        ? { redrivePermission: 'denyAll' }
        : { redrivePermission: 'byQueue', sourceQueueArns };
    queue.Properties = { RedriveAllowPolicy, ...queue.Properties };
    note(
      `Resources.${id}`,
      `RedriveAllowPolicy: ${RedriveAllowPolicy.redrivePermission}`,
      'no other queue may send its dead letters here',
    );
  }

  function nameQueue(id: string, queue: Resource): unknown {
    const { QueueName = nameFor(id, queue) } = queue.Properties ?? {};
    queue.Properties = { ...queue.Properties, QueueName };
    return QueueName;
  }

  /** Like the names that CloudFormation gives, with the start of the stack's UUID: SQS reserves a name for a minute. */
  function nameFor(id: string, { Properties }: Resource): object {
    const uuid = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
    const start = { 'Fn::Select': [0, { 'Fn::Split': ['-', uuid] }] };
    const suffix = String(Properties?.FifoQueue) === 'true' ? ['.fifo'] : [];
    return { 'Fn::Join': ['', [`${name}-${stage}-${id}-`, start, ...suffix]] };
  }
}

function arnOf(queueName: unknown): object {
  const arn = ['arn', { Ref: 'AWS::Partition' }, 'sqs', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, queueName];
  return { 'Fn::Join': [':', arn] };
}
