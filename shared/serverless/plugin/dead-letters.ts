import type { ServiceContext } from './service-context.ts';
import { ServiceFault } from './service-fault.ts';
import { ownerOfAttribute, type Resource, resourcesOfType, type Template, valueAt } from './template.ts';

/** Of the name of a queue. */
const longestName = 80;
/** Of the first part of a UUID. */
const startLength = 8;

/**
 * Sets for each queue which others may use it as their dead-letter queue: those of the template that do, else none. These
 * get names, since a dead-letter queue is made before them and cannot refer to them.
 *
 * @throws ServiceFault for a name that would be too long
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
    const suffix = String(Properties?.FifoQueue) === 'true' ? '.fifo' : '';
    const prefix = `${name}-${stage}-${id}-`;
    if (prefix.length + startLength + suffix.length > longestName) {
      throw new ServiceFault(
        `Resources.${id}: SQS allows ${longestName} characters to the name of a queue, and ${prefix} begins a longer one. ` +
          'Set QueueName, or use a shorter logical id.',
      );
    }
    return { 'Fn::Join': ['', [prefix, start, ...(suffix === '' ? [] : [suffix])]] };
  }
}

function arnOf(queueName: unknown): object {
  const arn = ['arn', { Ref: 'AWS::Partition' }, 'sqs', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, queueName];
  return { 'Fn::Join': [':', arn] };
}
