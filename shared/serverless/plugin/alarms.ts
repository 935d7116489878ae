import { ownerOfAttribute, type Resource, type Resources, resourcesOfType, valueAt } from './template.ts';

/** An alarm, by its logical id. */
export type Alarm = readonly [string, AlarmProperties];
export type AlarmProperties = Readonly<Record<string, unknown>>;

type Names = { readonly service: string; readonly stage: string };

/** On dead letters, and on messages that wait in queues with a consumer. */
export function queueAlarms(resources: Resources, { service }: Names): readonly Alarm[] {
  const deadLetters = new Set(Object.values(resources).flatMap(deadLetterQueuesOf));
  const consumed = mappings(resources).flatMap(({ queue }) => queue ?? []);
  return [
    ...[...deadLetters].map(
      (id): Alarm => [
        `${id}FilledAlarm`,
        {
          AlarmDescription: `Something of ${service} has failed for good and waits in ${id}.`,
          ...queueMetric(id, 'ApproximateNumberOfMessagesVisible'),
        },
      ],
    ),
    ...consumed
      .filter((id) => resources[id]?.Type === 'AWS::SQS::Queue' && !deadLetters.has(id))
      .map(
        (id): Alarm => [
          `${id}AgeAlarm`,
          {
            AlarmDescription: `A message of ${service} has waited in ${id} for more than five minutes.`,
            ...queueMetric(id, 'ApproximateAgeOfOldestMessage'),
            Threshold: 300,
          },
        ],
      ),
  ];
}

/** On functions that fall behind the stream that they consume. */
export function streamAlarms(resources: Resources, { service }: Names): readonly Alarm[] {
  return mappings(resources).flatMap(({ isStream, consumer }): readonly Alarm[] =>
    isStream && consumer !== undefined
      ? [
          [
            `${consumer}LateAlarm`,
            {
              AlarmDescription: `A consumer of a stream of ${service} is more than five minutes behind.`,
              Namespace: 'AWS/Lambda',
              MetricName: 'IteratorAge',
              Dimensions: [{ Name: 'FunctionName', Value: { Ref: consumer } }],
              Threshold: 300_000,
            },
          ],
        ]
      : [],
  );
}

export function pipeAlarms(resources: Resources, { service }: Names): readonly Alarm[] {
  return resourcesOfType(resources, 'AWS::Pipes::Pipe').map(([id]) => [
    `${id}FailedAlarm`,
    {
      AlarmDescription: `The pipe ${id} of ${service} could not deliver a batch.`,
      Namespace: 'AWS/EventBridge/Pipes',
      MetricName: 'ExecutionFailed',
      Dimensions: [{ Name: 'PipeName', Value: { Ref: id } }],
      Statistic: 'Sum',
    },
  ]);
}

/** On errors and latency of both kinds of APIs. */
export function apiAlarms(resources: Resources, { service, stage }: Names): readonly Alarm[] {
  const alarms = (id: string, Dimensions: readonly object[], errors: string): readonly Alarm[] => [
    [
      `${id}ErrorAlarm`,
      {
        AlarmDescription: `The API of ${service} answers with 5xx.`,
        Namespace: 'AWS/ApiGateway',
        Dimensions,
        MetricName: errors,
        Statistic: 'Sum',
      },
    ],
    [
      `${id}LatencyAlarm`,
      {
        AlarmDescription: `The API of ${service} has been slow for a quarter of an hour.`,
        Namespace: 'AWS/ApiGateway',
        Dimensions,
        MetricName: 'Latency',
        Statistic: undefined,
        ExtendedStatistic: 'p99',
        Period: 300,
        EvaluationPeriods: 3,
        Threshold: 3000,
      },
    ],
  ];
  return [
    ...resourcesOfType(resources, 'AWS::ApiGateway::RestApi').flatMap(([id, { Properties }]) =>
      alarms(
        id,
        [
          { Name: 'ApiName', Value: Properties?.Name },
          { Name: 'Stage', Value: stage },
        ],
        '5XXError',
      ),
    ),
    ...resourcesOfType(resources, 'AWS::ApiGatewayV2::Api').flatMap(([id]) =>
      alarms(id, [{ Name: 'ApiId', Value: { Ref: id } }], '5xx'),
    ),
  ];
}

function queueMetric(id: string, MetricName: string): AlarmProperties {
  const Dimensions = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }];
  return { Namespace: 'AWS/SQS', MetricName, Dimensions };
}

function mappings(resources: Resources) {
  return resourcesOfType(resources, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => {
    const source = Properties?.EventSourceArn;
    const consumer = valueAt(Properties?.FunctionName, 'Fn::GetAtt', 0);
    return {
      queue: ownerOfAttribute(source, 'Arn'),
      isStream: ownerOfAttribute(source, 'StreamArn') !== undefined,
      consumer: typeof consumer === 'string' ? consumer : undefined,
    };
  });
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
    default:
      return [];
  }
}
