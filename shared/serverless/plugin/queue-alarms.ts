import type { Alarm, AlarmProperties, Names } from './alarms.ts';
import { ownerOfAttribute, type Resource, type Resources, resourcesOfType, valueAt } from './template.ts';

/** On dead letters, and on messages that consumers leave in their queues. */
export function queueAlarms(resources: Resources, { service }: Names): readonly Alarm[] {
  const deadLetters = new Set(Object.values(resources).flatMap(deadLetterQueuesOf));
  const consumed = new Set(consumedQueues(resources));
  return resourcesOfType(resources, 'AWS::SQS::Queue').flatMap(([id]): readonly Alarm[] => {
    if (!consumed.has(id)) return deadLetters.has(id) ? [filledAlarm(id, service)] : [];
    return [deadLetters.has(id) ? stuckAlarm(id, service) : ageAlarm(id, service)];
  });
}

function filledAlarm(id: string, service: string): Alarm {
  return [
    `${id}FilledAlarm`,
    {
      AlarmDescription: `Something of ${service} has failed for good and waits in ${id}.`,
      Namespace: 'AWS/SQS',
      ...queueMetric(id, 'ApproximateNumberOfMessagesVisible'),
    },
  ];
}

/** On consumers that receive nothing. One that fails each time moves its messages to the dead-letter queue. */
function ageAlarm(id: string, service: string): Alarm {
  return [
    `${id}AgeAlarm`,
    {
      AlarmDescription: `A message of ${service} has waited in ${id} for more than five minutes.`,
      Namespace: 'AWS/SQS',
      ...queueMetric(id, 'ApproximateAgeOfOldestMessage'),
      Threshold: 300,
    },
  ];
}

/**
 * On dead-letter queues that a function empties. While that function fails, it keeps the messages in flight: none is
 * visible, and their age does not count, since SQS leaves messages that were received more than three times out of it.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
function stuckAlarm(id: string, service: string): Alarm {
  const metric = (MetricName: string) => ({ Namespace: 'AWS/SQS', ...queueMetric(id, MetricName) });
  const statistic = { Period: 60, Stat: 'Maximum' };
  return [
    `${id}StuckAlarm`,
    {
      AlarmDescription: `The function of ${service} that empties ${id} has left messages in it for ten minutes.`,
      Metrics: [
        { Id: 'messages', Label: `Messages in ${id}`, Expression: 'visible + inFlight', ReturnData: true },
        {
          Id: 'visible',
          MetricStat: { Metric: metric('ApproximateNumberOfMessagesVisible'), ...statistic },
          ReturnData: false,
        },
        {
          Id: 'inFlight',
          MetricStat: { Metric: metric('ApproximateNumberOfMessagesNotVisible'), ...statistic },
          ReturnData: false,
        },
      ],
      EvaluationPeriods: 10,
    },
  ];
}

function queueMetric(id: string, MetricName: string): AlarmProperties {
  return { MetricName, Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }] };
}

/** The queues that event source mappings and pipes receive from. */
function consumedQueues(resources: Resources): readonly string[] {
  return [
    ...resourcesOfType(resources, 'AWS::Lambda::EventSourceMapping').map(
      ([, { Properties }]) => Properties?.EventSourceArn,
    ),
    ...resourcesOfType(resources, 'AWS::Pipes::Pipe').map(([, { Properties }]) => Properties?.Source),
  ].flatMap((source) => ownerOfAttribute(source, 'Arn') ?? []);
}

/** The queues, by logical id, to which a resource gives what has failed. */
function deadLetterQueuesOf({ Type, Properties }: Resource): readonly string[] {
  const queues = (...arns: readonly unknown[]): readonly string[] =>
    arns.flatMap((arn) => ownerOfAttribute(arn, 'Arn') ?? []);
  switch (Type) {
    case 'AWS::SQS::Queue':
    case 'AWS::SNS::Subscription':
      return queues(valueAt(Properties, 'RedrivePolicy', 'deadLetterTargetArn'));
    case 'AWS::Lambda::Function':
      return queues(valueAt(Properties, 'DeadLetterConfig', 'TargetArn'));
    case 'AWS::Lambda::EventSourceMapping':
    case 'AWS::Lambda::EventInvokeConfig':
      return queues(valueAt(Properties, 'DestinationConfig', 'OnFailure', 'Destination'));
    case 'AWS::Pipes::Pipe':
      return queues(
        ...Object.values(Object(Properties?.SourceParameters)).map((source) =>
          valueAt(source, 'DeadLetterConfig', 'Arn'),
        ),
      );
    case 'AWS::Scheduler::Schedule':
      return queues(valueAt(Properties, 'Target', 'DeadLetterConfig', 'Arn'));
    case 'AWS::Events::Rule':
      return queues(...[Properties?.Targets].flat().map((target) => valueAt(target, 'DeadLetterConfig', 'Arn')));
    case 'AWS::Events::EventBus':
      return queues(valueAt(Properties, 'DeadLetterConfig', 'Arn'));
    default:
      return [];
  }
}
